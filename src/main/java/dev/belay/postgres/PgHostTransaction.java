package dev.belay.postgres;

import dev.belay.store.StoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * A transaction of a host that Belay has joined. Belongs to the thread of the host.
 *
 * <p>The host may have ended it at any time, and begun another one on the same connection. The
 * driver knows whether the connection is in a transaction; which one, only the server knows. It is
 * asked before each use, and by the round trip that sets the savepoint of a verb.
 */
final class PgHostTransaction {
  private static final String ID = "SELECT pg_current_xact_id_if_assigned()::text";

  private final Connection host;
  private final PgFailures errors;
  private final String xid;
  private boolean inVerb;

  /**
   * Joins the transaction that a connection is in.
   *
   * @param xid the id of that transaction
   */
  PgHostTransaction(Connection host, PgFailures errors, String xid) {
    this.host = host;
    this.errors = errors;
    this.xid = xid;
  }

  Connection host() {
    return host;
  }

  /**
   * Returns normally if the connection is still in the transaction.
   *
   * @throws IllegalStateException if the transaction has ended
   * @throws dev.belay.store.StoreException if the server cannot say, as after a failed statement
   */
  void require() {
    if (!inVerb && !isSameAfter("")) {
      throw ended();
    }
  }

  /** Runs the steps of a verb so that they change nothing if they throw. */
  <T extends @Nullable Object> T inSavepoint(Supplier<T> steps) {
    boolean outermost = !inVerb;
    if (!isSameAfter("SAVEPOINT belay_body; ")) {
      execute("RELEASE SAVEPOINT belay_body");
      throw ended();
    }
    inVerb = true;
    try {
      T value;
      try {
        value = steps.get();
      } catch (Throwable e) {
        try {
          execute("ROLLBACK TO SAVEPOINT belay_body; RELEASE SAVEPOINT belay_body");
        } catch (StoreException undoing) {
          e.addSuppressed(undoing);
        }
        throw e;
      }
      execute("RELEASE SAVEPOINT belay_body");
      return value;
    } finally {
      inVerb = !outermost;
    }
  }

  /** Executes a text, and returns whether that was in the transaction that was joined. */
  private boolean isSameAfter(String text) {
    try {
      if (host.isClosed() || isIdle(host)) { // a statement would begin another one
        throw ended();
      }
      try (Statement statement = host.createStatement()) {
        boolean isRows = statement.execute(text + ID);
        while (!isRows) {
          isRows = statement.getMoreResults();
        }
        try (ResultSet row = statement.getResultSet()) {
          row.next();
          return xid.equals(row.getString(1));
        }
      }
    } catch (SQLException e) {
      throw errors.operating("using a joined transaction", e);
    }
  }

  private void execute(String sql) {
    try (Statement statement = host.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw errors.operating("a savepoint", e);
    }
  }

  /** Returns whether a connection is in no transaction. */
  static boolean isIdle(Connection connection) throws SQLException {
    return connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.IDLE;
  }

  private static IllegalStateException ended() {
    return new IllegalStateException(
        "a joined Tx was used after the host had ended its transaction; join the next one");
  }
}
