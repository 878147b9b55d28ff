package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * The connection as Flyway sees it: it may begin, commit and close as it likes, and none of it
 * reaches SQLite, because our own transaction is around the whole run. Belongs to the thread that
 * opens.
 */
final class MigrationConnection implements InvocationHandler {
  private final Connection connection;
  private boolean autoCommit = true;
  private boolean rolledBack;

  private MigrationConnection(Connection connection) {
    this.connection = connection;
  }

  static Connection lend(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            MigrationConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new MigrationConnection(connection));
  }

  /** Makes sure that Flyway did not roll back, which here undoes nothing, and say nothing. */
  static void requireNotRolledBack(Connection lent) {
    if (((MigrationConnection) Proxy.getInvocationHandler(lent)).rolledBack) {
      throw new StoreException("migrating the schema failed: Flyway rolled back", null);
    }
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    switch (method.getName()) {
      case "close", "commit" -> {
        return null;
      }
      case "setAutoCommit" -> {
        autoCommit = args != null && Boolean.TRUE.equals(args[0]);
        return null;
      }
      case "getAutoCommit" -> {
        return autoCommit;
      }
      case "rollback" -> {
        if (method.getParameterCount() == 0) {
          rolledBack = true;
          return null;
        }
      }
      default -> {
        // everything else is the connection's own business
      }
    }
    try {
      return method.invoke(connection, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() != null ? e.getCause() : e;
    }
  }
}
