package dev.belay.store;

/**
 * A hook of Belay's own for {@link Tx#afterCommit}: it runs at once, on the thread that committed
 * and before anybody is told of the commit. Quick, never blocks, never throws; may run on any
 * thread.
 */
@FunctionalInterface
public interface CommitSignal extends Runnable {}
