package dev.belay.engine.jdbc;

import dev.belay.store.TxOutcome;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * The JDBI transaction handler of one handle. {@link #inTransaction} executes the engine's BEGIN,
 * which takes the write lock immediately if the body may write, and ends the transaction as the
 * callback's {@link TxOutcome} says. Belongs to the thread that the handle belongs to.
 *
 * <p>Only the runner calls it outside a transaction. Inside one, a nested {@code inTransaction}
 * joins the transaction without a call of this class, savepoints nest, and every attempt to begin
 * or end the transaction by hand is refused.
 */
final class BodyTransactionHandler implements TransactionHandler {
  private final StatementCache statements;
  private final @Nullable LiveBody body;

  /**
   * Creates the handler of one handle of a connection.
   *
   * @param body the body that the handle belongs to; null for a handle of the connection's own
   */
  BodyTransactionHandler(StatementCache statements, @Nullable LiveBody body) {
    this.statements = statements;
    this.body = body;
  }

  @Override
  public <R, X extends Exception> R inTransaction(Handle handle, HandleCallback<R, X> callback)
      throws X {
    statements.transaction().begin();
    R result;
    try {
      result = callback.withHandle(handle);
    } catch (Throwable e) {
      statements.transaction().end(TxEnd.State.ROLLED_BACK);
      throw e;
    }
    statements
        .transaction()
        .end(
            result instanceof TxOutcome.Rollback ? TxEnd.State.ROLLED_BACK : TxEnd.State.COMMITTED);
    return result;
  }

  @Override
  public <R, X extends Exception> R inTransaction(
      Handle handle, TransactionIsolationLevel level, HandleCallback<R, X> callback) throws X {
    return inTransaction(handle, callback); // every transaction here is serializable
  }

  @Override
  public boolean isInTransaction(Handle handle) {
    return body != null ? body.isInTransaction() : statements.transaction().isOpen();
  }

  @Override
  public void begin(Handle handle) {
    throw refusal("begin");
  }

  @Override
  public void commit(Handle handle) {
    refuseUnlessFinishing("commit");
  }

  @Override
  public void rollback(Handle handle) {
    refuseUnlessFinishing("rollback");
  }

  @Override
  public void savepoint(Handle handle, String name) {
    execute("SAVEPOINT ", name);
  }

  @Override
  public void rollbackToSavepoint(Handle handle, String name) {
    execute("ROLLBACK TO ", name);
  }

  @Override
  public void releaseSavepoint(Handle handle, String name) {
    execute("RELEASE ", name);
  }

  private void execute(String verb, String name) {
    if (body != null) {
      body.requireAlive(); // else the savepoint would be set in a later body of the connection
    }
    try {
      statements.requireUsable();
      GuardedCall.executes(statements, SqlKind.SAVEPOINT);
      statements.execute(verb + '"' + name.replace("\"", "\"\"") + '"');
    } catch (SQLException e) {
      if (!statements.transaction().isOpen()) {
        throw new IllegalStateException("call runs outside any transaction; use write or read", e);
      }
      throw new TransactionException(verb + "failed for savepoint '" + name + "'", e);
    }
  }

  private void refuseUnlessFinishing(String verb) {
    if (body == null || !body.isFinishing()) {
      throw refusal(verb);
    }
  }

  private static IllegalStateException refusal(String verb) {
    return new IllegalStateException(
        "Handle."
            + verb
            + " inside a body: the runner owns the transaction; return or throw,"
            + " or use writeFlow to roll back with a value");
  }
}
