package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A JDBC statement as a body sees it, whoever makes it for the body: it runs only while the body
 * does, and in a transaction that may still go on. Belongs to the thread that owns the connection,
 * but for {@code cancel}, which any thread may call.
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
    return type.cast(
        Proxy.newProxyInstance(
            GuardedStatement.class.getClassLoader(), new Class<?>[] {type}, this));
  }

  /** Ends the guard, and returns the driver's statement for whoever closes or keeps it. */
  Statement end() {
    synchronized (this) { // a cancel that has begun hits this body, not the next one
      ended = true;
    }
    return statement;
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
      case "unwrap" -> {
        cache.requireUsable();
        cache.bound().edge().bodySeesDriver();
      }
      default -> {
        if (name.startsWith("execute") || name.equals("addBatch")) {
          execute(args);
        }
      }
    }
    if (ended) {
      throw new IllegalStateException("a statement of a Tx was used after it was closed");
    }
    try {
      return method.invoke(statement, args);
    } catch (InvocationTargetException e) {
      failed = true;
      if (e.getCause() instanceof SQLException failure) {
        doom(failure);
      }
      throw e.getCause() != null ? e.getCause() : e;
    }
  }

  private void execute(@Nullable Object @Nullable [] args) throws SQLException {
    cache.requireUsable();
    if (args != null && args.length > 0 && args[0] instanceof String script) {
      for (SqlKind each : SqlText.kinds(script)) {
        cache.bound().edge().admit(each, script);
        cache.bound().transaction().body().executes(each);
      }
      if (args.length > 1) {
        throw StatementCache.noGeneratedKeys();
      }
    } else {
      // without text: the one it was prepared from, or a batch that was judged piece by piece
      cache.bound().transaction().body().executes(kind != null ? kind : SqlKind.ROWS);
    }
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
      StoreException doom = guard.cache.bound().transaction().doom();
      return doom != null && doom.getCause() == cause ? doom : operating;
    }
    return operating;
  }

  /** The body sees JDBC's exception; whatever it makes of it, the transaction must not go on. */
  private void doom(SQLException failure) {
    StoreException operating = cache.bound().errors().translate(failure);
    if (operating != null && SqliteErrors.mayEndTransaction(failure)) {
      cache.bound().transaction().doom(operating);
    }
  }
}
