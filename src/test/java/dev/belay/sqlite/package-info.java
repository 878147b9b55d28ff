/** Tests of what only the package itself can show of the store on SQLite. */
@NullMarked
package dev.belay.sqlite;

import org.jspecify.annotations.NullMarked;
