package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * The code of one transaction. Run by one thread at a time, on a thread of the runner's choice.
 *
 * <p>A body has no effects outside its {@link Tx}: the runner may run it a second time when the
 * transaction that it shared with others could not be kept, also after it threw or rolled back, for
 * it may have read what did not last. {@link Tx#afterCommit} is the place for such effects.
 *
 * @param <T> what the body returns
 * @param <X> what the body throws; it reaches the caller as the same object
 */
@FunctionalInterface
public interface TxBody<T extends @Nullable Object, X extends Exception> {
  /** Reads and writes through {@code tx}, which is dead once this returns or throws. */
  T run(Tx tx) throws X;
}
