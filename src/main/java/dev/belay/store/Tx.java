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
   * work.
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
   * The hooks of one body run one after another, in the order of their registration; between the
   * hooks of two bodies there is no order. What a hook throws goes to the thread's
   * uncaught-exception handler, and the next hook runs.
   *
   * @throws IllegalStateException in a body that cannot write
   */
  void afterCommit(Runnable hook);

  /** Whether this body may write: true in {@code write} and {@code writeFlow} only. */
  boolean writable();

  /** The runner whose body this is. Safe on any thread, also after the body. */
  TxRunner runner();
}
