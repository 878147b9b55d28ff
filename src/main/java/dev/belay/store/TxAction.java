package dev.belay.store;

/**
 * A {@link TxBody} without a value. Run by one thread at a time, on a thread of the runner's
 * choice.
 *
 * @param <X> what the action throws; it reaches the caller as the same object
 */
@FunctionalInterface
public interface TxAction<X extends Exception> {
  /** Reads and writes through {@code tx}, which is dead once this returns or throws. */
  void run(Tx tx) throws X;
}
