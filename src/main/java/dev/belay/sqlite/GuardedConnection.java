package dev.belay.sqlite;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connection as bodies see it: it does everything but end the transaction or itself. Belongs to
 * the thread that owns the connection.
 */
final class GuardedConnection implements InvocationHandler {
  private final Connection connection;
  private final BoundConnection bound;

  private GuardedConnection(Connection connection, BoundConnection bound) {
    this.connection = connection;
    this.bound = bound;
  }

  static Connection guard(Connection connection, BoundConnection bound) {
    return (Connection)
        Proxy.newProxyInstance(
            GuardedConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            new GuardedConnection(connection, bound));
  }

  /** What a connection that {@link #guard} made is bound to. */
  static BoundConnection boundTo(Connection guarded) {
    return ((GuardedConnection) Proxy.getInvocationHandler(guarded)).bound;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    switch (method.getName()) {
      case "close" -> {
        return null; // closing a handle gives the connection back to its owner, as a pool would
      }
      case "commit", "setAutoCommit", "abort" -> throw refusal(method);
      case "rollback" -> {
        if (method.getParameterCount() == 0) {
          throw refusal(method);
        }
      }
      case "setTransactionIsolation" -> {
        // the setting would stay on the connection, for bodies that know nothing of it
        if (args == null || !Objects.equals(args[0], Connection.TRANSACTION_SERIALIZABLE)) {
          throw new SQLFeatureNotSupportedException("every transaction here is serializable");
        }
      }
      case "prepareStatement", "prepareCall", "createStatement" -> {
        String sql = args != null && args[0] instanceof String text ? text : "";
        bound.statements().requireUsable();
        TransactionControl.refuse(sql);
        return bound.statements().lend(guarded((Connection) proxy, method, args));
      }
      case "equals" -> {
        return args != null && proxy == args[0];
      }
      case "hashCode" -> {
        return System.identityHashCode(proxy);
      }
      default -> {
        // everything else is the connection's own business
      }
    }
    return invokeReal(method, args);
  }

  private Statement guarded(Connection proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    Object statement = Objects.requireNonNull(invokeReal(method, args), method.getName());
    return statement instanceof PreparedStatement prepared
        ? GuardedStatement.guard(PreparedStatement.class, prepared, proxy)
        : GuardedStatement.guard(Statement.class, (Statement) statement, proxy);
  }

  private @Nullable Object invokeReal(Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    try {
      return method.invoke(connection, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() != null ? e.getCause() : e;
    }
  }

  private static IllegalStateException refusal(Method method) {
    return new IllegalStateException(
        "Connection."
            + method.getName()
            + " inside a body: the runner owns the transaction; return or throw,"
            + " or use writeFlow to roll back with a value");
  }
}
