package dev.belay.store;

/**
 * A hook of Belay's own for {@link Tx#afterCommit}: it runs at once, on the thread that committed
 * and before anybody is told of the commit; so it is quick, never blocks and never throws. Safe for
 * use by many threads.
 */
@FunctionalInterface
public interface CommitSignal extends Runnable {}
