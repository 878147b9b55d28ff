package dev.belay.store;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/**
 * What a body sees of its transaction. Belongs to the thread that runs the body, for as long as it
 * runs: on another thread, or after the body, every method but {@link #runner} throws {@link
 * IllegalStateException}, and so does every statement of a handle that came from here. A DAO works
 * in bodies alone, for the body that runs: attach it in each.
 */
public interface Tx {
  /**
   * A JDBI handle on the connection, for SQL of your own. It is the same one for the whole body,
   * and what a body configures or registers on it ends with the body.
   *
   * <p>The runner owns the transaction: {@code begin}, {@code commit} and {@code rollback} on the
   * handle throw {@link IllegalStateException}, as do such statements in SQL; a nested {@code
   * inTransaction} joins, and throws if it asks for read-only in a body that writes. Savepoints
   * work, and end with the body at the latest. JDBI's own {@code afterCommit} and {@code
   * afterRollback} run where the hooks of {@link #afterCommit} run, {@code afterRollback} also
   * after a run that is undone because the body runs again. A body that ends its transaction all
   * the same, through {@code unwrap}, gets an {@link IllegalStateException} for its caller; what it
   * has committed by hand stays. Generated keys are switched off: {@code GetGeneratedKeys} and its
   * kin throw; use {@code RETURNING}.
   *
   * <p>A body ends with the connection as it began. A body may change the connection itself: by a
   * setting, by attaching another database, by a temporary table, view or trigger, by a statement
   * whose SQL comes only when it is executed (as in JDBI's scripts and batches of SQL), or through
   * {@code unwrap}. Then no other body follows in its transaction, and the store opens another
   * connection, which takes about a millisecond. In memory there is no other connection: a setting,
   * attaching, temporary tables and {@code unwrap} throw {@link IllegalArgumentException} there.
   * {@code BelayOptions.withConnection} is the place for settings that all bodies need.
   *
   * <p>What the database counts for each connection (the last row number it gave, the number of
   * changes) is undefined at the start of a body.
   */
  Handle handle();

  /**
   * A SqlObject on the connection, so that the tables of an application join this transaction.
   * Cached: attaching again costs a map look-up. Its {@code getHandle} returns {@link #handle} of
   * the body that runs.
   */
  <D> D attach(Class<D> sqlObject);

  /**
   * The one instant of this transaction, to the millisecond. Read once the right to write is held:
   * a clock read before a long wait would grant leases in the past.
   */
  Instant now();

  /**
   * Runs {@code hook} on a {@code belay-callback} thread once this body has been committed; never
   * if it has not, and once even if the body ran twice.
   *
   * <p>The hooks of one body run one after another, in the order of their registration; between
   * bodies there is no order. The caller may have its answer before its hooks run. What a hook
   * throws goes to the thread's uncaught-exception handler, and changes nothing. A hook may block,
   * use the store and close it. {@code close} waits for hooks, within its deadline; the hooks of a
   * store that is never closed, or of a process that is killed, may be lost, while what was
   * committed is not.
   *
   * @throws IllegalStateException in a body that cannot write
   */
  void afterCommit(Runnable hook);

  /** Whether this body may write: true in {@code write} and {@code writeFlow} only. */
  boolean writable();

  /** The runner whose body this is. Safe on any thread, also after the body. */
  TxRunner runner();
}
