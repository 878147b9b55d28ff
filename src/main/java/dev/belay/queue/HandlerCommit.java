package dev.belay.queue;

/**
 * A commit that a handler can make by {@link WorkContext#commit}; the only implementation is {@code
 * SessionCommit}. The interface is here because queues do not depend on sessions. Safe for use by
 * many threads.
 *
 * @param <R> the result of the commit
 */
@SuppressWarnings("unused") // R says what WorkContext.commit returns
public interface HandlerCommit<R> {}
