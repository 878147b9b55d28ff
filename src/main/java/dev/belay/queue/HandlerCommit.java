package dev.belay.queue;

/**
 * What a handler can commit by {@link WorkContext#commit}: {@code SessionCommit}, and nothing else.
 * It stands here because a queue knows nothing of sessions. Safe for use by many threads.
 *
 * @param <R> what it is once it has been committed
 */
@SuppressWarnings("unused") // R says what WorkContext.commit returns
public interface HandlerCommit<R> {}
