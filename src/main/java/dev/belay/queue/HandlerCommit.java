package dev.belay.queue;

/**
 * What a handler can commit by {@link WorkContext#commit}: {@code SessionCommit}, and nothing else.
 * It is here because a queue knows nothing of sessions. Safe for use by many threads.
 *
 * @param <R> the result of the commit
 */
@SuppressWarnings("unused") // R says what WorkContext.commit returns
public interface HandlerCommit<R> {}
