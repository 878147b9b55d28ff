package dev.belay.sqlite;

import dev.belay.engine.jdbc.PlainDataSource;
import java.sql.Connection;

/**
 * A data source that always returns the same connection. Belongs to the thread that opens the
 * store.
 */
final class LentDataSource extends PlainDataSource {
  private final Connection connection;

  LentDataSource(Connection connection) {
    this.connection = connection;
  }

  @Override
  public Connection getConnection() {
    return connection;
  }
}
