package dev.belay.engine.jdbc;

import dev.belay.store.StoreException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JDBC statement as a body sees it, from whichever object the body got it. It can be executed
 * only while the body runs, and only in a transaction that may go on. Belongs to the thread that
 * owns the connection, except {@code cancel}, which any thread may call.
 *
 * <p>The guard is needed because the driver executes a closed statement again, and because a
 * statement that is executed after the end of its transaction commits by itself. After a guard has
 * ended, another body may be using the same statement.
 */
final class GuardedStatement implements InvocationHandler {
  private final Statement statement;
  private final Connection guarded;
  private final StatementCache cache;
  private final @Nullable String sql;
  private final @Nullable SqlKind kind;
  private boolean failed;
  private @Nullable ResultSet rows;
  private @Nullable Statement self;
  private volatile boolean ended;

  /**
   * Guards {@code statement}.
   *
   * @param sql the SQL that it was prepared from; null if the SQL comes with each execution
   * @param kind the kind of {@code sql}
   */
  GuardedStatement(
      Statement statement,
      Connection guarded,
      StatementCache cache,
      @Nullable String sql,
      @Nullable SqlKind kind) {
    this.statement = statement;
    this.guarded = guarded;
    this.cache = cache;
    this.sql = sql;
    this.kind = kind;
  }

  /** Returns the statement for the body. */
  <S extends Statement> S as(Class<S> type) {
    S proxy =
        type.cast(
            Proxy.newProxyInstance(
                GuardedStatement.class.getClassLoader(), new Class<?>[] {type}, this));
    self = proxy;
    return proxy;
  }

  /** Returns the statement as the body has it. */
  @Nullable Statement guarded() {
    return self;
  }

  /** Returns whether the body has closed the statement, or has ended. */
  boolean isEnded() {
    return ended;
  }

  /** Notes that the body gets the driver's own object. */
  void showsDriver() throws SQLException {
    failed = true; // what the body does to that object must not reach the next user
    cache.showDriver();
  }

  /** Notes the current rows of the statement. */
  void answered(ResultSet answered) {
    rows = answered;
  }

  /** Ends the guard, and returns the driver's statement, to be closed or kept. */
  Statement end() {
    synchronized (this) { // a cancel that has begun must hit this body, not the next one
      ended = true;
    }
    return statement;
  }

  /** Closes the rows of the statement: a further read of them would execute it again. */
  void closeRows() throws SQLException {
    if (rows != null) {
      rows.close();
    }
  }

  /** Returns the SQL under which the statement can be kept for reuse; null if it must be closed. */
  @Nullable String reusableSql() {
    return !failed && kind != null && kind.isReusable() ? sql : null;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    String name = method.getName();
    switch (name) {
      case "getConnection" -> {
        return guarded;
      }
      case "equals" -> {
        return args != null && proxy == args[0];
      }
      case "hashCode" -> {
        return System.identityHashCode(proxy);
      }
      case "close" -> {
        cache.giveBack(this);
        return null;
      }
      case "isClosed" -> {
        return ended || statement.isClosed();
      }
      case "cancel" -> {
        cancel();
        return null;
      }
      case "unwrap" -> showsDriver();
      case "closeOnCompletion" -> failed = true; // it would close while the next user has it
      default -> {
        // every other method is about the statement itself
      }
    }
    if (ended) {
      throw new IllegalStateException("a statement of a Tx was used after it was closed");
    }
    if (name.startsWith("execute") || name.equals("addBatch")) {
      if (args != null && args.length > 0 && args[0] instanceof String script) {
        if (!admits(script, args.length)) {
          return nothingOf(method);
        }
      } else {
        // Without text: a prepared statement, or a batch whose statements were checked one by one.
        cache.requireUsable();
        GuardedCall.executes(cache, kind != null ? kind : SqlKind.ROWS);
      }
    }
    boolean answered = false;
    try {
      Object answer = GuardedCall.invoke(statement, method, args, this::failedBy);
      answered = true;
      return GuardedAnswer.of(method, answer, this);
    } finally {
      failed |= !answered;
    }
  }

  /**
   * Checks the statements of {@code script} before they are executed. Returns false if it has none.
   */
  private boolean admits(String script, int arguments) throws SQLException {
    cache.requireUsable();
    List<SqlKind> kinds = cache.kinds().ofAll(script);
    for (SqlKind each : kinds) {
      cache.edge().admit(each, script);
      GuardedCall.executes(cache, each);
    }
    if (arguments > 1) {
      throw StatementCache.noGeneratedKeys();
    }
    return !kinds.isEmpty();
  }

  /**
   * Returns the result of executing no statement. The driver must not see such a text: it would
   * keep an empty statement and could never close the connection.
   */
  private static @Nullable Object nothingOf(Method execution) throws SQLException {
    if (execution.getReturnType() == ResultSet.class) {
      throw new SQLException("the text has no statement");
    }
    Class<?> type = execution.getReturnType();
    return type == int.class
        ? (Object) 0
        : type == long.class ? (Object) 0L : type == boolean.class ? (Object) false : null;
  }

  private synchronized void cancel() throws SQLException {
    if (!ended) {
      statement.cancel();
    }
  }

  /**
   * Returns the failure that was noted when {@code statement} failed with {@code cause}, so that
   * every report of it is the same object; otherwise {@code operating}.
   */
  static StoreException asDoomed(
      @Nullable Statement statement, SQLException cause, StoreException operating) {
    if (statement != null
        && Proxy.isProxyClass(statement.getClass())
        && Proxy.getInvocationHandler(statement) instanceof GuardedStatement guard) {
      StoreException doom = guard.cache.transaction().doom();
      return doom != null && doom.getCause() == cause ? doom : operating;
    }
    return operating;
  }

  /**
   * Notes a failure. The body sees JDBC's exception; even if the body catches it, the transaction
   * stops where it must not go on.
   */
  void failedBy(SQLException failure) {
    failed = true;
    cache.failedBy(failure);
  }
}
