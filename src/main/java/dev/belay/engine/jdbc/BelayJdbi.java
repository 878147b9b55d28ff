package dev.belay.engine.jdbc;

import dev.belay.engine.VerbatimSql;
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
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jspecify.annotations.Nullable;

/**
 * The two JDBI configurations of a store. Safe for use by many threads.
 *
 * <ul>
 *   <li>The user's: the user's registrations come first, then those with which Belay protects its
 *       transactions.
 *   <li>Belay's own, for its DAOs: no setting of the user reaches it.
 * </ul>
 */
public final class BelayJdbi {
  private final Failures errors;
  private final SqlKinds kinds;
  private final SqlDialect dialect;
  private final Jdbi users;
  private final Jdbi own;

  /** For a database that takes the SQL of Belay's DAOs as their annotations have it. */
  public BelayJdbi(Failures errors, SqlKinds kinds, Consumer<Jdbi> custom) {
    this(errors, kinds, SqlDialect.ANNOTATED, custom);
  }

  public BelayJdbi(Failures errors, SqlKinds kinds, SqlDialect dialect, Consumer<Jdbi> custom) {
    this.errors = errors;
    this.kinds = kinds;
    this.dialect = dialect;
    this.users = create(custom);
    this.own = create(jdbi -> {});
    users
        .getConfig(Extensions.class)
        .findFactory(org.jdbi.v3.sqlobject.SqlObjectFactory.class)
        .ifPresent(
            stock -> users.getConfig(Extensions.class).register(new BodySqlObjectFactory(stock)));
  }

  /** Returns the rules by which the kind of a statement is determined. */
  SqlKinds kinds() {
    return kinds;
  }

  private Jdbi create(Consumer<Jdbi> custom) {
    LentConnections connections = new LentConnections();
    Jdbi jdbi = Jdbi.create(connections);
    jdbi.installPlugin(new SqlObjectPlugin());
    // JDBI's own rendering contains every bound value: payloads would reach the logs.
    jdbi.getConfig(StatementExceptions.class).setMessageRendering(BelayJdbi::withoutValues);
    custom.accept(jdbi);
    jdbi.setTransactionHandler(connections);
    jdbi.getConfig(Extensions.class)
        .registerHandlerCustomizer(
            (stock, type, method) -> {
              CompiledMethod compiled =
                  isOwn(type) ? CompiledMethod.of(type, method, dialect, errors, kinds) : null;
              return compiled == null ? stock : compiled.insteadOf(stock);
            });
    jdbi.getConfig(SqlStatements.class).addExceptionHandler(this::translate);
    return jdbi;
  }

  /** Returns whether {@code dao} is one of Belay's, whose SQL and rows need Belay's settings. */
  static boolean isOwn(Class<?> dao) {
    UseTemplateEngine engine = dao.getAnnotation(UseTemplateEngine.class);
    return engine != null
        && engine.value() == VerbatimSql.class
        && dao.getClassLoader() == BelayJdbi.class.getClassLoader()
        && (dao.getPackageName() + ".").startsWith("dev.belay.");
  }

  /** Opens the handle of Belay's own DAOs on {@code guarded}, which the current thread owns. */
  Handle openOwn(StatementCache statements, Connection guarded) {
    return LentConnections.open(own, statements, guarded, null);
  }

  /**
   * Opens a handle with the user's settings on {@code guarded}, which the current thread owns.
   *
   * @param body the body that the handle is for; null for a handle of the connection's own
   */
  Handle open(StatementCache statements, Connection guarded, @Nullable LiveBody body) {
    return LentConnections.open(users, statements, guarded, body);
  }

  private static String withoutValues(StatementException failure) {
    StatementContext context = failure.getStatementContext();
    String sql = context == null ? null : context.getRawSql();
    return sql == null
        ? failure.getShortMessage()
        : failure.getShortMessage() + " [statement: " + sql.strip() + "]";
  }

  /**
   * Throws an operating failure inside the body; for a mistake in the statement, JDBI's exception
   * stays. The consequence for the transaction was noted where the statement failed.
   */
  private void translate(SQLException failure, StatementContext context) {
    StoreException operating = errors.translate(failure);
    if (operating != null) {
      throw GuardedStatement.asDoomed(context.getStatement(), failure, operating);
    }
  }
}
