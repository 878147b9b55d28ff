/** A host's migration in Java that tries to end the transaction it runs in. */
@NullMarked
package dev.belay.sqlite.meddling;

import org.jspecify.annotations.NullMarked;
