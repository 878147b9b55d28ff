package dev.belay.engine.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ParameterMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The result of a statement as a body sees it: its rows, or the JDBC description of its columns or
 * parameters. It ends with the statement; {@code getStatement} returns the guarded statement.
 * Belongs to the thread that owns the connection.
 *
 * <p>The driver has only one result for each statement. A read after its end would run the
 * statement again, or read the rows of the next user of the statement.
 */
final class GuardedAnswer implements InvocationHandler {
  private final Object answer;
  private final GuardedStatement statement;

  private GuardedAnswer(Object answer, GuardedStatement statement) {
    this.answer = answer;
    this.statement = statement;
  }

  /** Returns guarded rows of an execution of {@code statement}. */
  static ResultSet rows(ResultSet rows, GuardedStatement statement) {
    statement.answered(rows);
    return (ResultSet) guard(ResultSet.class, rows, statement);
  }

  /**
   * Returns {@code answer}, the result of {@code method} of a statement or of its rows, as the body
   * may have it. The return type of the method decides, because the driver's rows may also
   * implement the description of their columns.
   */
  static @Nullable Object of(Method method, @Nullable Object answer, GuardedStatement statement) {
    Class<?> type = method.getReturnType();
    if (answer == null) {
      return null;
    }
    if (type == ResultSet.class) {
      return rows((ResultSet) answer, statement);
    }
    return type == ResultSetMetaData.class || type == ParameterMetaData.class
        ? guard(type, answer, statement)
        : answer;
  }

  private static Object guard(Class<?> type, Object answer, GuardedStatement statement) {
    return Proxy.newProxyInstance(
        GuardedAnswer.class.getClassLoader(),
        new Class<?>[] {type},
        new GuardedAnswer(answer, statement));
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
        return statement.isEnded() || isClosed();
      }
      case "close" -> {
        if (statement.isEnded()) {
          return null;
        }
      }
      case "unwrap" -> statement.showsDriver();
      default -> {
        // every other method is about the result itself
      }
    }
    if (statement.isEnded()) {
      throw new IllegalStateException(
          (answer instanceof ResultSet ? "rows" : "columns or parameters of a statement")
              + " of a Tx were read after their statement was closed");
    }
    Object value = GuardedCall.invoke(answer, method, args, statement::failedBy);
    return of(method, value, statement);
  }

  private boolean isClosed() throws SQLException {
    return answer instanceof ResultSet rows && rows.isClosed();
  }
}
