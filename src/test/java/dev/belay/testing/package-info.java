/** What several tests need: a clock to turn, processes to kill, a lock to hold against Belay. */
@NullMarked
package dev.belay.testing;

import org.jspecify.annotations.NullMarked;
