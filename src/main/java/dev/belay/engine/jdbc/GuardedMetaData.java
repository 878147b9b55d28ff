package dev.belay.engine.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import org.jspecify.annotations.Nullable;

/**
 * The JDBC metadata of the database as a body sees it. {@code getConnection} returns the guarded
 * connection, and its rows end with the body. Belongs to the thread that owns the connection.
 */
final class GuardedMetaData implements InvocationHandler {
  private final DatabaseMetaData metaData;
  private final Connection guarded;
  private final StatementCache statements;

  private GuardedMetaData(
      DatabaseMetaData metaData, Connection guarded, StatementCache statements) {
    this.metaData = metaData;
    this.guarded = guarded;
    this.statements = statements;
  }

  static DatabaseMetaData guard(
      DatabaseMetaData metaData, Connection guarded, StatementCache statements) {
    return (DatabaseMetaData)
        Proxy.newProxyInstance(
            GuardedMetaData.class.getClassLoader(),
            new Class<?>[] {DatabaseMetaData.class},
            new GuardedMetaData(metaData, guarded, statements));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
      throws Throwable {
    switch (method.getName()) {
      case "getConnection" -> {
        return guarded;
      }
      case "equals" -> {
        return args != null && proxy == args[0];
      }
      case "hashCode" -> {
        return System.identityHashCode(proxy);
      }
      case "unwrap" -> statements.showDriver();
      default -> statements.requireUsable();
    }
    Object answer = GuardedCall.invoke(metaData, method, args, statements::failedBy);
    return answer instanceof ResultSet rows ? statements.lendRows(guarded, rows) : answer;
  }
}
