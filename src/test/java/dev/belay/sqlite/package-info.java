/** Tests of the store on SQLite, from inside. */
@NullMarked
package dev.belay.sqlite;

import org.jspecify.annotations.NullMarked;
