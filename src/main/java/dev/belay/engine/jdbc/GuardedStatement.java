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
 * A JDBC statement as a body sees it, from whichever object the body got it: it runs only while the
 * body does, and in a transaction that may still go on. Belongs to the thread that owns the
 * connection, but for {@code cancel}, which any thread may call.
 *
 * <p>The driver lets a closed statement run again, and a statement that runs after its transaction
 * has ended commits by itself. Behind a guard that has ended, another body may be using the
 * statement.
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
   * @param sql what it was prepared from, null if the SQL comes with each execution
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

  /** The statement for the body. */
  <S extends Statement> S as(Class<S> type) {
    S proxy =
        type.cast(
            Proxy.newProxyInstance(
                GuardedStatement.class.getClassLoader(), new Class<?>[] {type}, this));
    self = proxy;
    return proxy;
  }

  /** The statement as the body has it. */
  @Nullable Statement guarded() {
    return self;
  }

  /** Whether the body has closed the statement, or has ended. */
  boolean isEnded() {
    return ended;
  }

  /** The body gets the driver's own object. */
  void showsDriver() throws SQLException {
    failed = true; // whatever is done to it there must not reach the next user
    cache.showDriver();
  }

  /** The statement has these rows now. */
  void answered(ResultSet answered) {
    rows = answered;
  }

  /** Ends the guard, and returns the driver's statement, to be closed or kept. */
  Statement end() {
    synchronized (this) { // a cancel that has begun hits this body, not the next one
      ended = true;
    }
    return statement;
  }

  /** Ends the rows that the statement gave: asked for more, they would run it again. */
  void closeRows() throws SQLException {
    if (rows != null) {
      rows.close();
    }
  }

  /** Under which SQL the statement may be used again; null if it must be closed. */
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
      case "closeOnCompletion" -> failed = true; // it would close itself under the next user
      default -> {
        // everything else is about the statement
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
        // without text: the one it was prepared from, or a batch that was judged piece by piece
        cache.requireUsable();
        cache.transaction().body().executes(kind != null ? kind : SqlKind.ROWS);
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

  /** Judges what is to be executed; false if the text has no statement at all. */
  private boolean admits(String script, int arguments) throws SQLException {
    cache.requireUsable();
    List<SqlKind> kinds = cache.kinds().ofAll(script);
    for (SqlKind each : kinds) {
      cache.edge().admit(each, script);
      cache.transaction().body().executes(each);
    }
    if (arguments > 1) {
      throw StatementCache.noGeneratedKeys();
    }
    return !kinds.isEmpty();
  }

  /** The driver would keep a statement of nothing, and could never close the connection. */
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
   * The failure as it was noted when {@code statement} failed with {@code cause}, so that all that
   * is told of it is one object; otherwise {@code operating}.
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

  /** The body sees JDBC's exception; whatever it makes of it, the transaction must not go on. */
  void failedBy(SQLException failure) {
    failed = true;
    cache.failedBy(failure);
  }
}
