package dev.belay.sqlite;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.ParameterMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How the guards of JDBC's objects call the driver. Stateless, safe for use by many threads. */
final class GuardedCall {
  private GuardedCall() {}

  /** Calls {@code method} of {@code target}; a failure is told to {@code failedBy} first. */
  static @Nullable Object invoke(
      Object target,
      Method method,
      @Nullable Object @Nullable [] args,
      Consumer<SQLException> failedBy)
      throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SQLException failure) {
        failedBy.accept(failure);
      }
      throw e.getCause() != null ? e.getCause() : e;
    }
  }

  /**
   * What {@code method} of a statement or its rows has answered, as the body may have it. By the
   * type of the method: the driver's rows are also the description of their columns.
   */
  static @Nullable Object guarded(Method method, @Nullable Object answer, GuardedStatement by) {
    Class<?> type = method.getReturnType();
    if (answer == null) {
      return null;
    }
    if (type == ResultSet.class) {
      return by.guardRows((ResultSet) answer);
    }
    return type == ResultSetMetaData.class || type == ParameterMetaData.class
        ? GuardedDescription.guard(type, answer, by)
        : answer;
  }
}
