package dev.belay.sqlite;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ResultSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a statement as a body sees them: they end with the statement, and lead to nothing but
 * the guarded one. Belongs to the thread that owns the connection.
 *
 * <p>The driver has one result for each statement. Asked for more after its end it would run the
 * statement again, or read the rows of whoever uses the statement now.
 */
final class GuardedRows implements InvocationHandler {
  private final ResultSet rows;
  private final GuardedStatement statement;

  private GuardedRows(ResultSet rows, GuardedStatement statement) {
    this.rows = rows;
    this.statement = statement;
  }

  static ResultSet guard(ResultSet rows, GuardedStatement statement) {
    return (ResultSet)
        Proxy.newProxyInstance(
            GuardedRows.class.getClassLoader(),
            new Class<?>[] {ResultSet.class},
            new GuardedRows(rows, statement));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    switch (method.getName()) {
      case "getStatement" -> {
        return statement.guarded();
      }
      case "equals" -> {
        return args != null && proxy == args[0];
      }
      case "hashCode" -> {
        return System.identityHashCode(proxy);
      }
      case "isClosed" -> {
        return statement.isEnded() || rows.isClosed();
      }
      case "close" -> {
        if (statement.isEnded()) {
          return null;
        }
      }
      case "unwrap" -> statement.showsDriver();
      default -> {
        // everything else is about the rows
      }
    }
    if (statement.isEnded()) {
      throw new IllegalStateException("rows of a Tx were read after their statement was closed");
    }
    Object answer = GuardedCall.invoke(rows, method, args, statement::failedBy);
    return GuardedCall.guarded(method, answer, statement);
  }
}
