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
 * What a statement has answered, as a body sees it: its rows, or what JDBC knows of their columns
 * and of its parameters. It ends with the statement, and leads to nothing but the guarded one.
 * Belongs to the thread that owns the connection.
 *
 * <p>The driver has one result for each statement. Asked for more after its end it would run the
 * statement again, or read the rows of the body that uses the statement now.
 */
final class GuardedAnswer implements InvocationHandler {
  private final Object answer;
  private final GuardedStatement statement;

  private GuardedAnswer(Object answer, GuardedStatement statement) {
    this.answer = answer;
    this.statement = statement;
  }

  /** Rows of an execution of {@code statement}. */
  static ResultSet rows(ResultSet rows, GuardedStatement statement) {
    statement.answered(rows);
    return (ResultSet) guard(ResultSet.class, rows, statement);
  }

  /**
   * What {@code method} of a statement or its rows has answered, as the body may have it. By the
   * type of the method: a driver's rows may also be the description of their columns.
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
        // everything else is about what was answered
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
