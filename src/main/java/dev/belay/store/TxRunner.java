package dev.belay.store;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Runs bodies in transactions. Safe for use by many threads, virtual ones included.
 *
 * <p>What holds for every verb:
 *
 * <ul>
 *   <li>A verb called from inside a body of the same runner throws {@link IllegalStateException},
 *       and the body may go on: the verbs of Belay have an overload that takes the {@link Tx}.
 *   <li>A caller that is interrupted before its body has started gets {@link
 *       StoreInterruptedException}, and the body never runs. A caller that is interrupted later
 *       waits for the outcome and returns it. In both cases the thread's interrupt flag is set.
 *   <li>Waiting behind bodies of this store is not bounded. After the busy timeout a warning in the
 *       log names the body that others wait for, with the stack of its thread: a body that waits
 *       for a thread which needs the same store waits for ever.
 *   <li>After {@code close} a verb throws {@link StoreClosedException}, but not on a {@code
 *       belay-callback} thread while the store still waits for those.
 * </ul>
 *
 * <p>What holds in addition for {@code read}, {@code write} and {@code writeFlow}, in which {@link
 * #call} differs:
 *
 * <ul>
 *   <li>What a body throws reaches the caller as the same object, and nothing that the body wrote
 *       stays.
 *   <li>An operating failure is a {@link StoreException}, the same object inside the body and
 *       outside. A failure that the body met in raw JDBC, or while it fetched rows, becomes one on
 *       its way to the caller, with what was thrown suppressed in it. Nothing of the body is in the
 *       file then; only a {@link CommitUnknownException} leaves that open. {@link
 *       StoreException#isRetryable()} says whether the same call may succeed later.
 *   <li>A write waits for other processes for at most the busy timeout, counted from the call, and
 *       then throws {@link StoreBusyException}. A read waits for nobody, but while another process
 *       recovers the file or holds it exclusively; then each statement waits for at most the busy
 *       timeout.
 *   <li>A body that catches an operating failure can go on only if the transaction can. If it
 *       cannot, as after a full or failing disk, a lack of memory, a cancelled statement or a
 *       damaged page, every further statement throws that {@link StoreException} again, nothing
 *       that the body wrote stays, and the caller gets the same object, unless the body throws
 *       another exception or answers {@link TxOutcome#rollback}. A query that fails while its rows
 *       are fetched may leave the transaction whole.
 *   <li>A body that catches the exception of a writing verb of Belay, which had begun to write,
 *       cannot go on either: every further statement throws {@link IllegalStateException}, nothing
 *       that the body wrote stays, and the caller gets the exception of that verb whatever the body
 *       returns. A refusal that is a value, and an exception before the first write, leave the
 *       transaction whole.
 *   <li>A body that returns a stream or an iterator of rows that it has not read is refused with
 *       {@link IllegalStateException}: after the body there are no rows.
 * </ul>
 *
 * <p>Writes that wait at the same time share one commit. Each has the outcome that it would have
 * alone, in their order, and is answered after that commit; a body whose transaction could not be
 * kept runs again, see {@link TxBody}.
 *
 * <p>What an asynchronous verb does not accept (a caller's mistake, a closed store, a write to a
 * store opened for reading) it throws itself, as an executor does; every other failure comes
 * through its future. The futures complete on a {@code belay-callback} thread, never on the thread
 * that runs bodies; an action added to a future delays no other future. Cancelling a future
 * withdraws its body if that has not started; else the body runs to its end and only the answer is
 * dropped.
 */
public interface TxRunner {
  /**
   * Runs {@code body} outside any transaction, on a connection that is opened for it and closed
   * after it (in memory: on the only one, between transactions). It is for maintenance that no
   * transaction may contain; a backup is made by {@code Belay.backup}. One call runs at a time.
   *
   * <ul>
   *   <li>Each statement that writes commits by itself, and stays if a later one fails or the body
   *       throws.
   *   <li>What the body throws reaches the caller as the same object. The one exception is a
   *       retryable {@link StoreException} after statements that have lasted: the caller gets a
   *       {@link StoreException} that is not retryable and has the first as its cause.
   *   <li>A statement that finds the lock taken, by another process or by a write of this store,
   *       waits for up to the busy timeout, each statement for itself, and no interrupt ends that
   *       wait.
   *   <li>A call has no priority over anything and keeps no read waiting. While a statement of it
   *       holds the file's lock, every write of this store waits, without bound; so do renewals of
   *       leases and claims, and a statement that takes longer than a lease lives loses the lease.
   *       A warning in the log says so after the busy timeout. In memory a call keeps all other
   *       bodies waiting while it runs.
   *   <li>What the body sets on its connection ends with it. A transaction or savepoint that the
   *       body leaves open is rolled back, and the caller gets {@link IllegalStateException}.
   *   <li>{@link Tx#writable} is false: writing verbs of Belay, and {@link Tx#afterCommit}, throw
   *       {@link IllegalStateException}.
   * </ul>
   */
  <T extends @Nullable Object, X extends Exception> T call(TxBody<T, X> body) throws X;

  /**
   * Runs {@code body} on one consistent snapshot, which holds every write that was acknowledged, by
   * whatever process, before this call. A statement that writes throws {@link
   * StoreReadOnlyException}.
   *
   * <p>As many bodies read at once as {@code BelayOptions.withReaders} says, beside the one that
   * writes; the next waits until one of them ends. In memory there is one connection, so reads and
   * writes wait for each other. A body that reads for long keeps the log from being reset.
   */
  <T extends @Nullable Object, X extends Exception> T read(TxBody<T, X> body) throws X;

  /**
   * Runs {@code body} with the right to write, and commits when it returns.
   *
   * @throws IllegalStateException if the body returns a {@link TxOutcome}, which only {@link
   *     #writeFlow} acts on; nothing that it wrote stays
   * @throws StoreReadOnlyException if the store was opened for reading
   * @throws CommitUnknownException if it is unknown whether the commit lasted
   */
  <T extends @Nullable Object, X extends Exception> T write(TxBody<T, X> body) throws X;

  /**
   * As {@link #write}, but commits or rolls back as the body chooses. The caller gets the value of
   * the {@link TxOutcome} in both cases, and after a rollback nothing that the body wrote stays.
   *
   * @throws NullPointerException if the body returns null; nothing that it wrote stays
   */
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
