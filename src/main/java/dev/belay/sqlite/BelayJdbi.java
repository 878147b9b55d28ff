package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.extension.Extensions;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;

/**
 * The JDBI that a store's handles come from: the user's registrations first, then what keeps
 * transactions whole. Safe for use by many threads.
 */
final class BelayJdbi {
  private final LentConnections connections = new LentConnections();
  private final SqliteErrors errors;
  private final Jdbi jdbi;

  BelayJdbi(SqliteErrors errors, Consumer<Jdbi> custom) {
    this.errors = errors;
    this.jdbi = Jdbi.create(connections);
    jdbi.installPlugin(new SqlObjectPlugin());
    // JDBI's own rendering names every bound value: payloads would end up in logs.
    jdbi.getConfig(StatementExceptions.class).setMessageRendering(BelayJdbi::withoutValues);
    custom.accept(jdbi);
    jdbi.setTransactionHandler(new ImmediateTransactionHandler());
    jdbi.getConfig(Extensions.class)
        .registerHandlerCustomizer(
            (stock, type, method) -> {
              CompiledMethod compiled = CompiledMethod.of(type, method, errors);
              return compiled == null ? stock : compiled;
            });
    jdbi.getConfig(SqlStatements.class).addExceptionHandler(this::translate);
  }

  /** Opens a handle on {@code guarded}, which the current thread owns. */
  Handle open(Connection guarded) {
    return connections.open(jdbi, guarded);
  }

  private static String withoutValues(StatementException failure) {
    StatementContext context = failure.getStatementContext();
    String sql = context == null ? null : context.getRawSql();
    return sql == null
        ? failure.getShortMessage()
        : failure.getShortMessage() + " [statement: " + sql.strip() + "]";
  }

  /** Throws an operating failure inside the body; a mistake in the statement stays JDBI's. */
  private void translate(SQLException failure, StatementContext context) {
    StoreException operating = errors.translate(failure);
    if (operating == null) {
      return;
    }
    if (SqliteErrors.mayEndTransaction(failure)) {
      throw GuardedConnection.boundTo(context.getConnection()).transaction().doom(operating);
    }
    throw operating;
  }
}
