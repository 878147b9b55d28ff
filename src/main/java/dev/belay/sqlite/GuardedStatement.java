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
 * A JDBC statement as bodies see it: it runs only while its body does, and in a transaction that
 * may still go on. Belongs to the thread that owns the connection, but for {@code cancel}.
 *
 * <p>The driver lets a closed statement run again, and a statement that runs after its transaction
 * has ended commits by itself.
 */
final class GuardedStatement implements InvocationHandler {
  private final Statement statement;
  private final Connection guarded;
  private final BoundConnection bound;
  private volatile boolean closed;

  private GuardedStatement(Statement statement, Connection guarded, BoundConnection bound) {
    this.statement = statement;
    this.guarded = guarded;
    this.bound = bound;
  }

  /** A statement of {@code type}, which {@code statement} is, on the connection {@code guarded}. */
  static <S extends Statement> S guard(Class<S> type, S statement, Connection guarded) {
    return type.cast(
        Proxy.newProxyInstance(
            GuardedStatement.class.getClassLoader(),
            new Class<?>[] {type},
            new GuardedStatement(statement, guarded, GuardedConnection.boundTo(guarded))));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    String name = method.getName();
    if (name.equals("getConnection")) {
      return guarded;
    }
    if (name.equals("equals")) {
      return args != null && proxy == args[0];
    }
    if (name.equals("hashCode")) {
      return System.identityHashCode(proxy);
    }
    if (name.startsWith("execute") || name.equals("addBatch")) {
      bound.statements().requireUsable();
      if (args != null && args.length > 0 && args[0] instanceof String sql) {
        TransactionControl.refuse(sql);
      }
    }
    if (name.equals("close")) {
      closed = true;
    }
    if (name.equals("cancel") && closed) {
      return null; // it would stop whoever uses the connection now
    }
    try {
      return method.invoke(statement, args);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SQLException failure) {
        doom(failure);
      }
      throw e.getCause() != null ? e.getCause() : e;
    }
  }

  /** The body sees JDBC's exception; whatever it makes of it, the transaction must not go on. */
  private void doom(SQLException failure) {
    StoreException operating = bound.errors().translate(failure);
    if (operating != null && SqliteErrors.mayEndTransaction(failure)) {
      bound.transaction().doom(operating);
    }
  }
}
