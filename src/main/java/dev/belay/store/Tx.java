package dev.belay.store;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/**
 * The transaction of a body. Belongs to the thread that runs the body, until the body ends: on
 * another thread, or after the body, every method except {@link #runner} throws {@link
 * IllegalStateException}, and so does every statement on a handle that came from this object. A DAO
 * works only in the body that attached it: attach it in each body.
 */
public interface Tx {
  /**
   * Returns the JDBI handle of this body, for SQL of the application. It is the same handle during
   * the whole body. What a body configures or registers on it is removed when the body ends.
   *
   * <p>The runner owns the transaction:
   *
   * <ul>
   *   <li>{@code begin}, {@code commit} and {@code rollback} on the handle throw {@link
   *       IllegalStateException}, and so do these statements in SQL.
   *   <li>A nested {@code inTransaction} joins the transaction of the body. It throws if it asks
   *       for read-only in a body that writes.
   *   <li>Savepoints work. A savepoint that is still open when the body ends, ends with the body.
   *   <li>JDBI's own {@code afterCommit} and {@code afterRollback} run on the thread on which the
   *       hooks of {@link #afterCommit} run. {@code afterRollback} also runs after a run that was
   *       undone because the body runs again.
   *   <li>If a body ends its transaction through {@code unwrap} nevertheless, its caller gets an
   *       {@link IllegalStateException}. Changes that the body committed in this way stay.
   *   <li>Generated keys are switched off: {@code GetGeneratedKeys} and similar methods throw. Use
   *       {@code RETURNING}.
   * </ul>
   *
   * <p>No body sees changes that an earlier body made to the connection itself. Such a change is a
   * setting, an attached database, a temporary table, view or trigger, a statement whose SQL is
   * known only when it is executed (as in JDBI's scripts and batches of SQL), or any use of {@code
   * unwrap}. After a body with such a change, no other body runs in the same transaction, and the
   * store opens another connection, which takes about a millisecond. A store in memory has no other
   * connection: there a setting, attaching, temporary tables and {@code unwrap} throw {@link
   * IllegalArgumentException}. Use {@code BelayOptions.withConnection} for settings that all bodies
   * need.
   *
   * <p>The values that the database counts for each connection (the last row id, the number of
   * changes) are undefined at the start of a body.
   */
  Handle handle();

  /**
   * Returns a JDBI SqlObject on the connection of this transaction, so that tables of the
   * application can be part of the transaction. The object is cached: attaching it again costs one
   * map look-up. Its {@code getHandle} returns {@link #handle} of the body that runs.
   */
  <D> D attach(Class<D> sqlObject);

  /**
   * Returns the instant of this transaction, in whole milliseconds; it is the same on every call. A
   * transaction that writes reads the clock after it got the write lock: an instant from before a
   * long wait would grant leases that start in the past.
   */
  Instant now();

  /**
   * Runs {@code hook} on a {@code belay-callback} thread after this body was committed. The hook
   * never runs if the body was not committed, and runs once even if the body ran several times.
   *
   * <p>The hooks of one body run one after another, in the order of their registration; between
   * bodies there is no order. The verb may return before its hooks run. An exception that a hook
   * throws goes to the thread's uncaught-exception handler, and changes nothing. A hook may block,
   * use the store and close it. {@code close} waits for hooks within its deadline. If a store is
   * never closed, or its process is killed, hooks may be lost, but commits are not.
   *
   * @throws IllegalStateException in a body that cannot write
   */
  void afterCommit(Runnable hook);

  /** Returns true if this body may write: in {@code write} and {@code writeFlow} only. */
  boolean writable();

  /** Returns the runner of this body. Safe on any thread, also after the body. */
  TxRunner runner();
}
