package dev.belay.engine.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.LocalTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jspecify.annotations.Nullable;

/**
 * The only source from which JDBI gets connections and their transaction handlers: the connection
 * that the current thread owns. No code can therefore bypass the executor through the {@link Jdbi}
 * that {@code withJdbi} receives. Stateless, safe for use by many threads.
 */
final class LentConnections extends DelegatingTransactionHandler implements ConnectionFactory {
  private record Lent(Connection connection, TransactionHandler transactions) {}

  private static final ThreadLocal<@Nullable Lent> LENT = new ThreadLocal<>();

  LentConnections() {
    super(LocalTransactionHandler.binding()); // never used: each handle has its own, see specialize
  }

  /** Opens a handle of {@code jdbi} on {@code guarded}, which the current thread owns. */
  static Handle open(
      Jdbi jdbi, StatementCache statements, Connection guarded, @Nullable LiveBody body) {
    LENT.set(new Lent(guarded, new BodyTransactionHandler(statements, body)));
    try {
      Handle handle = jdbi.open();
      handle.setStatementBuilder(statements);
      return handle;
    } finally {
      LENT.remove();
    }
  }

  @Override
  public Connection openConnection() throws SQLException {
    return lent().connection();
  }

  @Override
  public TransactionHandler specialize(Handle handle) throws SQLException {
    return lent().transactions();
  }

  private static Lent lent() throws SQLException {
    Lent lent = LENT.get();
    if (lent == null) {
      throw new SQLException("connections belong to the store; use the Tx of a body");
    }
    return lent;
  }
}
