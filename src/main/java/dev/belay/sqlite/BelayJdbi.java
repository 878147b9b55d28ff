package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;

/**
 * Makes the JDBI that a store's handles come from: the user's registrations first, then what keeps
 * transactions whole. Stateless, safe for use by many threads.
 */
final class BelayJdbi {
  private BelayJdbi() {}

  static Jdbi create(SqliteErrors errors, Consumer<Jdbi> custom) {
    ConnectionFactory none =
        () -> {
          throw new SQLException("connections belong to the store; use the Tx of a body");
        };
    Jdbi jdbi = Jdbi.create(none);
    jdbi.installPlugin(new SqlObjectPlugin());
    custom.accept(jdbi);
    jdbi.setTransactionHandler(new ImmediateTransactionHandler());
    jdbi.getConfig(SqlStatements.class)
        .addExceptionHandler(
            (failure, context) -> {
              StoreException operating = errors.translate(failure);
              if (operating == null) {
                return; // a mistake in the statement: it stays JDBI's
              }
              if (SqliteErrors.mayEndTransaction(failure)) {
                GuardedConnection.boundTo(context.getConnection()).transaction().doom(operating);
              }
              throw operating;
            });
    return jdbi;
  }
}
