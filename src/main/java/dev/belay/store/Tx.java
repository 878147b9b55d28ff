package dev.belay.store;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/**
 * What a body sees of its transaction. Belongs to the thread that runs the body, for as long as it
 * runs: on another thread, or after the body, every method but {@link #runner} throws {@link
 * IllegalStateException}, and so does every statement of a handle or DAO that came from here.
 */
public interface Tx {
  /**
   * A JDBI handle on the connection, for SQL of your own. The same one for the whole body, never
   * seen by another: what a body configures or registers on it is gone afterwards.
   *
   * <p>The runner owns the transaction: {@code begin}, {@code commit} and {@code rollback} on the
   * handle throw {@link IllegalStateException}; a nested {@code inTransaction} joins; savepoints
   * work, and end with the body at the latest. JDBI's own {@code afterCommit} and {@code
   * afterRollback} run where the hooks of {@link #afterCommit} run.
   *
   * <p>A body ends with the connection as it began. One that changes the connection itself, by a
   * {@code PRAGMA} with a value, {@code ATTACH}, a {@code TEMP} table, statements whose SQL comes
   * only when they are executed (as in JDBI's scripts and batches of SQL), or through {@code
   * unwrap}, has the connection to itself until its transaction ends, and costs the store a new
   * one. In memory there is no other connection: there the first three and {@code unwrap} throw
   * {@link IllegalArgumentException}. {@code BelayOptions.withConnection} is the place for settings
   * that all bodies need. What SQLite counts for each connection ({@code last_insert_rowid()},
   * {@code changes()}, {@code total_changes()}) is undefined at the start of a body.
   *
   * <p>Generated keys are switched off: {@code @GetGeneratedKeys} and its kin throw; use {@code
   * RETURNING}. A nested transaction that asks for read-only throws in a body that writes.
   */
  Handle handle();

  /**
   * A SqlObject on the connection, so that the tables of an application join this transaction.
   * Cached: attaching again costs a map look-up.
   */
  <D> D attach(Class<D> sqlObject);

  /**
   * The one instant of this transaction, to the millisecond. Read once the right to write is held:
   * a clock read before a long wait would grant leases in the past.
   */
  Instant now();

  /**
   * Runs {@code hook} on a {@code belay-callback} thread if and when this body has been committed.
   * The hooks of one body run one after another, in the order of their registration; between bodies
   * there is no order. What a hook throws goes to the thread's uncaught-exception handler. {@code
   * close} waits for hooks, within its deadline; those of a store that is never closed may be lost
   * with the JVM.
   *
   * @throws IllegalStateException in a body that cannot write
   */
  void afterCommit(Runnable hook);

  /** Whether this body may write: true in {@code write} and {@code writeFlow} only. */
  boolean writable();

  /** The runner whose body this is. Safe on any thread, also after the body. */
  TxRunner runner();
}
