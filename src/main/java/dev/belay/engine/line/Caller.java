package dev.belay.engine.line;

import org.jspecify.annotations.Nullable;

/**
 * The parts of a request that come from its caller, besides the body. Immutable.
 *
 * @param context the context for everything that another thread runs for the caller
 * @param notes the notes for the observer; null if there is no observer
 */
public record Caller(CallerContext context, @Nullable TxNotes notes) {}
