package dev.belay.store;

/**
 * A {@link TxBody} without a value. Run by one thread at a time; the runner chooses the thread.
 *
 * @param <X> the exception that the action throws; it reaches the caller as the same object
 */
@FunctionalInterface
public interface TxAction<X extends Exception> {
  /**
   * Reads and writes through {@code tx}, which cannot be used after this method returns or throws.
   */
  void run(Tx tx) throws X;
}
