package dev.belay.store;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Runs bodies in transactions. Safe for use by many threads, virtual ones included.
 *
 * <p>What holds for every verb but {@link #call}:
 *
 * <ul>
 *   <li>What a body throws reaches the caller as the same object, and nothing that the body wrote
 *       stays. An operating failure is a {@link StoreException}, the same object inside the body
 *       and outside; {@link StoreException#isRetryable()} says whether nothing happened.
 *   <li>A verb called from inside a body of the same runner throws {@link IllegalStateException}:
 *       the verbs of Belay have an overload that takes the {@link Tx}.
 *   <li>A caller interrupted before its body started gets {@link StoreInterruptedException}, and
 *       the body never runs; after that it waits for the outcome and returns it. Either way the
 *       thread's interrupt flag is set again.
 *   <li>Waiting for another process is bounded by the store's busy timeout, counted from the call,
 *       and ends in {@link StoreBusyException}; waiting behind work of this process is not bounded.
 *   <li>After {@code close}, {@link StoreClosedException}.
 * </ul>
 *
 * <p>What an asynchronous verb does not take in (a caller's mistake, a closed store, a write to a
 * store opened for reading) it throws itself, as an executor does; every other failure comes
 * through its future. The futures complete on a {@code belay-callback} thread, never on the one
 * that runs bodies. Cancelling one withdraws its body if that has not started; else the body runs
 * to its end and only the answer is dropped.
 */
public interface TxRunner {
  /**
   * Runs {@code body} outside any transaction, on a connection that is opened for it and closed
   * after it (in memory: on the only one, between transactions): for {@code PRAGMA}, {@code VACUUM}
   * and their kin. One call runs at a time.
   *
   * <p>Each statement that writes commits by itself, and stays if a later one fails; so a failure
   * is retryable only before the first. A statement that finds the lock taken, by another process
   * or by a write of this store, waits for up to the busy timeout, uninterruptibly, each for
   * itself. While a statement holds the file's lock every write of this store waits, without bound,
   * renewals of leases and claims included: what runs for longer than a lease lives loses the
   * lease. What a body throws reaches the caller as the same object, unless that would promise that
   * nothing happened.
   */
  <T extends @Nullable Object, X extends Exception> T call(TxBody<T, X> body) throws X;

  /**
   * Runs {@code body} on one consistent snapshot, which holds every write acknowledged before this
   * call. A statement that writes throws {@link StoreReadOnlyException}.
   */
  <T extends @Nullable Object, X extends Exception> T read(TxBody<T, X> body) throws X;

  /**
   * Runs {@code body} with the right to write, commits when it returns.
   *
   * @throws IllegalStateException if the body returns a {@link TxOutcome}, which only {@link
   *     #writeFlow} acts on; nothing that it wrote stays
   */
  <T extends @Nullable Object, X extends Exception> T write(TxBody<T, X> body) throws X;

  /** Runs {@code body} with the right to write, then commits or rolls back as it chooses. */
  <T extends @Nullable Object, X extends Exception> T writeFlow(TxBody<TxOutcome<T>, X> body)
      throws X;

  /** As {@link #call}, without waiting. */
  <T extends @Nullable Object> CompletableFuture<T> callAsync(TxBody<T, ?> body);

  /** As {@link #read}, without waiting. */
  <T extends @Nullable Object> CompletableFuture<T> readAsync(TxBody<T, ?> body);

  /** As {@link #write}, without waiting. */
  <T extends @Nullable Object> CompletableFuture<T> writeAsync(TxBody<T, ?> body);

  /** As {@link #writeFlow}, without waiting. */
  <T extends @Nullable Object> CompletableFuture<T> writeFlowAsync(TxBody<TxOutcome<T>, ?> body);

  /** As {@link #read}, for a body without a value. */
  default <X extends Exception> void useRead(TxAction<X> body) throws X {
    this.<@Nullable Object, X>read(
        tx -> {
          body.run(tx);
          return null;
        });
  }

  /** As {@link #write}, for a body without a value. */
  default <X extends Exception> void useWrite(TxAction<X> body) throws X {
    this.<@Nullable Object, X>write(
        tx -> {
          body.run(tx);
          return null;
        });
  }
}
