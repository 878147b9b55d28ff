package dev.belay.postgres;

import dev.belay.engine.jdbc.GuardedCall;
import dev.belay.engine.jdbc.PlainDataSource;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * The connections of one run of Flyway. Belongs to the thread that opens the store.
 *
 * <p>Each ends with the run: a migration may have changed its session, and Flyway leaves one open
 * if the run fails.
 */
final class MigrationSource extends PlainDataSource implements AutoCloseable {
  private final DataSource source;
  private final List<Connection> opened = new ArrayList<>();

  MigrationSource(DataSource source) {
    this.source = source;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = source.getConnection();
    opened.add(connection);
    return (Connection)
        Proxy.newProxyInstance(
            MigrationSource.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                PgSource.end(connection);
                return null;
              }
              return GuardedCall.invoke(connection, method, arguments, failure -> {});
            });
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return source.getLoginTimeout();
  }

  /** Ends the connections that are open; on the others it has no effect. */
  @Override
  public void close() {
    for (Connection connection : opened) {
      try {
        PgSource.end(connection);
      } catch (SQLException e) {
        // it was broken
      }
    }
  }
}
