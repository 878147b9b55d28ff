package dev.belay.sqlite;

import dev.belay.engine.jdbc.GuardedCall;
import dev.belay.engine.jdbc.SqlKind;
import dev.belay.store.StoreException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

/**
 * The connection as Flyway and the application's migrations see it. Belongs to the thread that
 * opens the store.
 *
 * <ol>
 *   <li>One transaction of Belay's is around the whole run. Flyway may begin, commit and close as
 *       it likes; none of these calls reaches SQLite.
 *   <li>A migration that begins or ends a transaction, by SQL or by JDBC, is refused.
 *   <li>SQLite's hooks report a commit or rollback that reaches SQLite nevertheless, through the
 *       driver's own objects. No statement runs after it.
 * </ol>
 */
final class MigrationConnection implements SQLiteCommitListener, Callback, AutoCloseable {
  private final SQLiteConnection real;
  private final Connection lent;
  private boolean autoCommit = true;
  private boolean inMigration;
  private boolean rolledBack;
  private boolean committedByHand;
  private boolean lost;
  private @Nullable Throwable failure;

  MigrationConnection(SQLiteConnection real) {
    this.real = real;
    this.lent = proxy(Connection.class, this::invoke);
    real.addCommitListener(this);
  }

  /** Returns the connection to lend. */
  Connection lent() {
    return lent;
  }

  /**
   * Requires that nothing was committed during the run.
   *
   * @throws StoreException if a migration committed; its cause is {@code cause}, the failure that
   *     followed
   */
  void requireNotCommitted(String file, @Nullable Throwable cause) {
    if (committedByHand) {
      throw new StoreException(
          file
              + ": a migration committed through the driver's own connection; what ran before is in"
              + " the file, what comes after it is not",
          cause);
    }
  }

  /** Makes sure that the transaction was not rolled back without an error being reported. */
  void requireNotRolledBack(String file) {
    if (rolledBack || lost) {
      throw new StoreException(file + ": migrating the schema failed: rolled back", failure);
    }
  }

  @Override
  public void close() {
    real.removeCommitListener(this);
  }

  @Override
  public void onCommit() {
    committedByHand = true;
  }

  @Override
  public void onRollback() {
    committedByHand = false; // the commit that the hook announced has failed
    lost = true;
  }

  @Override
  public boolean supports(Event event, Context context) {
    return event == Event.BEFORE_EACH_MIGRATE
        || event == Event.AFTER_EACH_MIGRATE
        || event == Event.AFTER_EACH_MIGRATE_ERROR;
  }

  @Override
  public boolean canHandleInTransaction(Event event, Context context) {
    return true;
  }

  @Override
  public void handle(Event event, Context context) {
    inMigration = event == Event.BEFORE_EACH_MIGRATE;
  }

  @Override
  public String getCallbackName() {
    return "belay";
  }

  private @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    Object first = args == null || args.length == 0 ? null : args[0];
    switch (method.getName()) {
      case "close" -> {
        return null;
      }
      case "commit", "abort" -> {
        requireOutsideMigration(method);
        return null;
      }
      case "setAutoCommit" -> {
        requireOutsideMigration(method);
        autoCommit = Boolean.TRUE.equals(first);
        return null;
      }
      case "getAutoCommit" -> {
        return autoCommit;
      }
      case "rollback" -> {
        if (first == null) {
          rolledBack = true;
          requireOutsideMigration(method);
          return null;
        }
      }
      case "unwrap" -> {
        if (first instanceof Class<?> type && type.isInstance(proxy)) {
          return proxy;
        }
        throw refusal("the driver's own connection", null);
      }
      case "createStatement", "prepareStatement", "prepareCall" -> {
        requireStatement(first);
        return guarded(Objects.requireNonNull(call(real, method, args)));
      }
      default -> {
        // every other method goes to the real connection
      }
    }
    return call(real, method, args);
  }

  private Statement guarded(Object statement) {
    Class<? extends Statement> type =
        statement instanceof CallableStatement
            ? CallableStatement.class
            : statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
    return proxy(type, (proxy, method, args) -> invokeOn(statement, method, args));
  }

  /**
   * Calls a statement. Keeps its first failure, to report it even if Flyway then fails in another
   * way.
   */
  private @Nullable Object invokeOn(
      Object statement, Method method, @Nullable Object @Nullable [] args) throws Throwable {
    String name = method.getName();
    if (name.equals("getConnection")) {
      return lent;
    }
    if (name.startsWith("execute") || name.equals("addBatch")) {
      requireStatement(args == null || args.length == 0 ? null : args[0]);
    }
    try {
      return call(statement, method, args);
    } catch (SQLException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  private void requireOutsideMigration(Method method) throws SQLException {
    if (inMigration) {
      throw refusal("Connection." + method.getName(), null);
    }
  }

  private void requireStatement(@Nullable Object sql) throws SQLException {
    if (committedByHand || lost) {
      // the statement would commit by itself
      throw new SQLException(
          "the transaction of the migrations has ended"
              + (failure == null ? "" : ": " + failure.getMessage()),
          failure);
    }
    if (sql instanceof String text && SqlText.kinds(text).contains(SqlKind.TRANSACTION)) {
      throw refusal("BEGIN, COMMIT, END or ROLLBACK", null);
    }
  }

  private static SQLException refusal(String what, @Nullable Throwable cause) {
    return new SQLException(
        what + " in a migration: all migrations run in one transaction, which Belay owns", cause);
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            MigrationConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static @Nullable Object call(
      Object target, Method method, @Nullable Object @Nullable [] args) throws Throwable {
    return GuardedCall.invoke(target, method, args, failure -> {});
  }
}
