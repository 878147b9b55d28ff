/**
 * What must hold across processes and through their deaths.
 *
 * <p>Each test starts processes of its own, narrates what they do to each other, and looks at the
 * file from outside when they are gone.
 */
@NullMarked
package dev.belay.crash;

import org.jspecify.annotations.NullMarked;
