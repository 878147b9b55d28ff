package dev.belay.store;

import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Runs bodies in transactions. Safe for use by many threads, virtual ones included.
 *
 * <p>Rules for every verb:
 *
 * <ul>
 *   <li>A verb that is called from inside a body of the same runner throws {@link
 *       IllegalStateException}, and the body may continue. Inside a body, use the overload of
 *       Belay's verbs that takes the {@link Tx}.
 *   <li>A caller that is interrupted before its body has started gets {@link
 *       StoreInterruptedException}, and the body never runs. A caller that is interrupted later
 *       waits for the outcome and returns it. In both cases the thread's interrupt flag is set.
 *   <li>The time that a verb waits for other bodies of this store is not bounded. After the busy
 *       timeout a logged warning names the body that the others wait for, with the stack trace of
 *       its thread: a body that waits for a thread which needs the same store would wait for ever.
 *   <li>After {@code close} a verb throws {@link StoreClosedException}, except on a {@code
 *       belay-callback} thread while {@code close} still waits for these threads.
 * </ul>
 *
 * <p>Further rules for {@code read}, {@code write} and {@code writeFlow}, but not for {@link
 * #call}:
 *
 * <ul>
 *   <li>An exception that a body throws reaches the caller as the same object, and no change of the
 *       body stays.
 *   <li>An operating failure is a {@link StoreException}: the same object inside the body and
 *       outside. If the body got the failure from raw JDBC, or while it fetched rows, the caller
 *       gets a {@code StoreException} in which the original exception is suppressed. No change of
 *       the body is in the file then; only after a {@link CommitUnknownException} that is unknown.
 *       {@link StoreException#isRetryable()} says whether the same call may succeed later.
 *   <li>A write waits for other processes for at most the busy timeout, counted from the call, and
 *       then throws {@link StoreBusyException}. A read does not wait for other processes, with one
 *       exception: while another process recovers the file or holds it exclusively, each statement
 *       waits for at most the busy timeout.
 *   <li>A body that catches an operating failure can continue only if its transaction can. A
 *       transaction cannot continue after a full or failing disk, a lack of memory, a cancelled
 *       statement or a damaged page. Then every further statement throws the same {@link
 *       StoreException} again, no change of the body stays, and the caller gets the same object,
 *       unless the body throws another exception or returns {@link TxOutcome#rollback}. After a
 *       query that fails while its rows are fetched, the transaction may be able to continue.
 *   <li>A body that catches an exception of a writing verb of Belay cannot continue if that verb
 *       had begun to write: every further statement throws {@link IllegalStateException}, no change
 *       of the body stays, and the caller gets the exception of that verb even if the body returns
 *       a value. After a refusal that is a value, and after an exception before the first write,
 *       the body can continue.
 *   <li>A body that returns a stream or an iterator of rows that it has not read is refused with
 *       {@link IllegalStateException}, because rows can be read only inside the body.
 * </ul>
 *
 * <p>Writes that wait at the same time may share one commit. They run in their order, each has the
 * outcome that it would have alone, and each returns after the shared commit. A body whose
 * transaction was undone runs again; see {@link TxBody}.
 *
 * <p>An asynchronous verb throws directly, as an executor does, if it does not accept the body:
 * after a mistake of the caller, on a closed store, or for a write to a store opened for reading.
 * Every other failure completes its future. The futures complete on a {@code belay-callback}
 * thread, never on the thread that runs bodies; an action added to a future delays no other future.
 * Cancelling a future withdraws its body if the body has not started. Otherwise the body runs to
 * its end and only its result is dropped.
 */
public interface TxRunner {
  /**
   * Runs {@code body} outside any transaction, on a connection that is opened for it and closed
   * after it (in memory: on the only connection, between transactions). Use it for maintenance
   * statements that the database refuses inside a transaction; for a backup use {@code
   * Belay.backup}. One call runs at a time.
   *
   * <ul>
   *   <li>Each statement that writes is committed by itself, and stays committed if a later one
   *       fails or the body throws.
   *   <li>An exception that the body throws reaches the caller as the same object, with one
   *       difference: instead of a retryable {@link StoreException} after a committed statement,
   *       the caller gets a {@link StoreException} that is not retryable and has the retryable one
   *       as its cause.
   *   <li>If another process or a write of this store has the lock, a statement waits for at most
   *       the busy timeout. The timeout starts again for each statement, and an interrupt does not
   *       end the wait.
   *   <li>A call has no priority, and no read waits for it. While one of its statements holds the
   *       file's lock, every write of this store waits, without bound, and so do renewals of leases
   *       and claims: a statement that takes longer than the ttl of a lease causes the lease to be
   *       lost. After the busy timeout a warning is logged. In memory all other bodies wait while a
   *       call runs.
   *   <li>Settings that the body makes on its connection end with the body. A transaction or
   *       savepoint that the body leaves open is rolled back, and the caller gets {@link
   *       IllegalStateException}.
   *   <li>{@link Tx#writable} is false: writing verbs of Belay, and {@link Tx#afterCommit}, throw
   *       {@link IllegalStateException}.
   * </ul>
   */
  <T extends @Nullable Object, X extends Exception> T call(TxBody<T, X> body) throws X;

  /**
   * Runs {@code body} on one consistent snapshot, which contains every write of any process that
   * was acknowledged before this call. A statement that writes throws {@link
   * StoreReadOnlyException}.
   *
   * <p>{@code BelayOptions.withReaders} sets the number of bodies that read at once, in addition to
   * the one that writes; a further read waits until one of them ends. In memory there is one
   * connection, so reads and writes wait for each other. While a body reads, the WAL cannot be
   * reset, so a long read lets the WAL grow.
   */
  <T extends @Nullable Object, X extends Exception> T read(TxBody<T, X> body) throws X;

  /**
   * Runs {@code body} with the write lock, and commits when the body returns.
   *
   * @throws IllegalStateException if the body returns a {@link TxOutcome}, which only {@link
   *     #writeFlow} acts on; no change of the body stays
   * @throws StoreReadOnlyException if the store was opened for reading
   * @throws CommitUnknownException if it is unknown whether the commit lasted
   */
  <T extends @Nullable Object, X extends Exception> T write(TxBody<T, X> body) throws X;

  /**
   * As {@link #write}, but commits or rolls back as the body chooses. The caller gets the value of
   * the {@link TxOutcome} in both cases. After a rollback no change of the body stays.
   *
   * @throws NullPointerException if the body returns null; no change of the body stays
   */
  <T extends @Nullable Object, X extends Exception> T writeFlow(TxBody<TxOutcome<T>, X> body)
      throws X;

  /**
   * Returns a {@link Tx} for a transaction that the host has begun on a connection of its own to
   * the same database, so that work is enqueued, or a session committed, together with the host's
   * rows. Every verb that takes a {@code Tx} works with it, on the current thread, until the host
   * ends the transaction.
   *
   * <ul>
   *   <li>Belay never commits, rolls back or closes the transaction, and changes no setting of it.
   *       A verb that throws has changed nothing: it is undone to a savepoint.
   *   <li>If the transaction cannot be committed, the host has to run all of it again; no body runs
   *       again here.
   *   <li>Hooks of {@link Tx#afterCommit} run, and waiting threads are woken, once Belay has seen
   *       that the transaction was committed: within a second.
   * </ul>
   *
   * @throws UnsupportedOperationException if the store is a file or in memory, which have one
   *     connection that writes
   * @throws IllegalArgumentException if the connection commits each statement by itself, is not one
   *     of the database's own driver, or does not find the tables of this store
   */
  default Tx join(Connection connection) {
    throw new UnsupportedOperationException(
        "join: this store has one connection that writes, which no host can have");
  }

  /** As {@link #call}, but returns a future without waiting. */
  <T extends @Nullable Object> CompletableFuture<T> callAsync(TxBody<T, ?> body);

  /** As {@link #read}, but returns a future without waiting. */
  <T extends @Nullable Object> CompletableFuture<T> readAsync(TxBody<T, ?> body);

  /** As {@link #write}, but returns a future without waiting. */
  <T extends @Nullable Object> CompletableFuture<T> writeAsync(TxBody<T, ?> body);

  /** As {@link #writeFlow}, but returns a future without waiting. */
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
