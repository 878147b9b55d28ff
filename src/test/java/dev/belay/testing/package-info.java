/** Tools that several tests share: clocks, child processes, locks against Belay. */
@NullMarked
package dev.belay.testing;

import org.jspecify.annotations.NullMarked;
