package dev.belay.engine.line;

import org.jspecify.annotations.Nullable;

/**
 * What a request has of its caller beside the body. Immutable.
 *
 * @param context for whatever of it another thread runs
 * @param notes of what an observer is to be told, null: there is none
 */
public record Caller(CallerContext context, @Nullable TxNotes notes) {}
