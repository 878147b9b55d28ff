package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * The code of one transaction. Run by one thread at a time; the runner chooses the thread.
 *
 * <p>A body must have no effects outside its {@link Tx}, because it may run more than once;
 * register such effects with {@link Tx#afterCommit}. It runs again in these cases:
 *
 * <ul>
 *   <li>It shared a transaction with other bodies, and one of them made the database abort the
 *       transaction.
 *   <li>The commit of its transaction was refused.
 *   <li>It threw or rolled back after it had read changes of another body that were undone
 *       afterwards. The result of the last run counts.
 * </ul>
 *
 * <p>No body runs again after a commit whose outcome is unknown.
 *
 * @param <T> the value that the body returns
 * @param <X> the exception that the body throws; it reaches the caller as the same object
 */
@FunctionalInterface
public interface TxBody<T extends @Nullable Object, X extends Exception> {
  /**
   * Reads and writes through {@code tx}, which cannot be used after this method returns or throws.
   */
  T run(Tx tx) throws X;
}
