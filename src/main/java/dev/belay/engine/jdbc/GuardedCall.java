package dev.belay.engine.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Calls the driver for the guards of JDBC objects. Stateless, safe for use by many threads. */
public final class GuardedCall {
  private GuardedCall() {}

  /**
   * Calls {@code method} of {@code target}. A failure is passed to {@code failedBy} before it is
   * thrown.
   */
  public static @Nullable Object invoke(
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
   * Notes that the running body is about to execute a statement of {@code kind}. The savepoint that
   * this may set can fail as any statement of the body can.
   */
  static void executes(StatementCache statements, SqlKind kind) throws SQLException {
    try {
      statements.transaction().body().executes(kind);
    } catch (SQLException e) {
      statements.failedBy(e);
      throw e;
    }
  }
}
