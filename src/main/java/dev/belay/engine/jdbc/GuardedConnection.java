package dev.belay.engine.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connection as bodies see it. It can do everything except end the transaction or close the
 * connection. Belongs to the thread that owns the connection.
 */
final class GuardedConnection implements InvocationHandler {
  private final Connection connection;
  private final StatementCache statements;
  private final @Nullable LiveBody body;

  private GuardedConnection(
      Connection connection, StatementCache statements, @Nullable LiveBody body) {
    this.connection = connection;
    this.statements = statements;
    this.body = body;
  }

  /**
   * Returns a guarded connection for one body, with which it ends; or, without a body, for the
   * connection's own handle, on which all bodies run.
   */
  static Connection guard(
      Connection connection, StatementCache statements, @Nullable LiveBody body) {
    return (Connection)
        Proxy.newProxyInstance(
            GuardedConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new GuardedConnection(connection, statements, body));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    switch (method.getName()) {
      case "close" -> {
        return null; // closing a handle only returns the connection to its owner, as with a pool
      }
      case "equals" -> {
        return args != null && proxy == args[0];
      }
      case "hashCode" -> {
        return System.identityHashCode(proxy);
      }
      case "isReadOnly" -> {
        return isReadOnly();
      }
      case "isClosed", "getAutoCommit", "getTransactionIsolation" -> {
        return invokeReal(method, args);
      }
      default -> {
        if (body != null) {
          body.requireAlive();
        }
      }
    }
    switch (method.getName()) {
      case "commit", "setAutoCommit", "abort" -> throw refusal(method);
      case "rollback" -> {
        if (method.getParameterCount() == 0) {
          throw refusal(method);
        }
        savepoint();
      }
      case "setSavepoint", "releaseSavepoint" -> savepoint();
      case "setReadOnly" -> {
        if (args != null && Objects.equals(args[0], isReadOnly())) {
          return null;
        }
      }
      case "setTransactionIsolation" -> {
        // the setting would stay on the connection, for later bodies that did not ask for it
        if (args == null || !Objects.equals(args[0], Connection.TRANSACTION_SERIALIZABLE)) {
          throw new SQLFeatureNotSupportedException("every transaction here is serializable");
        }
      }
      case "createStatement" -> {
        return statements.lendRaw((Connection) proxy, (Statement) real(method, args));
      }
      case "prepareStatement" -> {
        return prepared((Connection) proxy, Objects.requireNonNull(args));
      }
      case "prepareCall" -> throw StatementCache.noCalls();
      case "unwrap" -> statements.showDriver();
      case "getMetaData" -> {
        return GuardedMetaData.guard(
            (DatabaseMetaData) real(method, args), (Connection) proxy, statements);
      }
      default -> {
        statements.requireUsable();
        if (method.getName().startsWith("set")) {
          statements.edge().bodyChangesConnection(); // any setting ends with the connection
        }
      }
    }
    return invokeReal(method, args);
  }

  private boolean isReadOnly() throws SQLException {
    return statements.edge().isReading() || connection.isReadOnly();
  }

  private void savepoint() throws SQLException {
    statements.requireUsable();
    GuardedCall.executes(statements, SqlKind.SAVEPOINT);
  }

  private PreparedStatement prepared(Connection proxy, @Nullable Object[] args)
      throws SQLException {
    boolean keys = args.length == 2 && !Objects.equals(args[1], Statement.NO_GENERATED_KEYS);
    boolean scrolls = args.length > 2 && !Objects.equals(args[1], ResultSet.TYPE_FORWARD_ONLY);
    if (keys) {
      throw StatementCache.noGeneratedKeys();
    }
    if (scrolls) {
      throw new SQLFeatureNotSupportedException("rows are read forward only");
    }
    return statements.lendPrepared(proxy, (String) Objects.requireNonNull(args[0], "sql"));
  }

  private Object real(Method method, @Nullable Object @Nullable [] args) throws Throwable {
    statements.requireUsable();
    return Objects.requireNonNull(invokeReal(method, args), method.getName());
  }

  private @Nullable Object invokeReal(Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    return GuardedCall.invoke(connection, method, args, statements::failedBy);
  }

  private static IllegalStateException refusal(Method method) {
    return new IllegalStateException(
        "Connection."
            + method.getName()
            + " inside a body: the runner owns the transaction; return or throw,"
            + " or use writeFlow to roll back with a value");
  }
}
