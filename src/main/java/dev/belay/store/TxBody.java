package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * The code of one transaction. Run by one thread at a time, on a thread of the runner's choice.
 *
 * <p>A body has no effects outside its {@link Tx}, because it may run again. Bodies share a
 * transaction, and run again if that could not be kept: because another body of it made the
 * database give the transaction up, or because the commit was refused. A body also runs again after
 * it threw or rolled back, if it had read what did not last; then the answer of the last run
 * counts. No body runs again after a commit whose outcome is unknown. {@link Tx#afterCommit} is the
 * place for effects.
 *
 * @param <T> what the body returns
 * @param <X> what the body throws; it reaches the caller as the same object
 */
@FunctionalInterface
public interface TxBody<T extends @Nullable Object, X extends Exception> {
  /** Reads and writes through {@code tx}, which is dead once this returns or throws. */
  T run(Tx tx) throws X;
}
