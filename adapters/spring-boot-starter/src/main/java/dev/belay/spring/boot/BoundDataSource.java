package dev.belay.spring.boot;

import java.sql.Connection;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * The key under which a run binds its connection, as Spring's JDBC classes look for it. Gives out
 * no other connection. Safe for use by many threads.
 */
final class BoundDataSource extends AbstractDataSource {
  @Override
  public Connection getConnection() {
    throw new IllegalStateException(
        "belayJdbcTemplate has a connection only inside a transaction of belayTransactionManager");
  }

  @Override
  public Connection getConnection(String username, String password) {
    return getConnection();
  }
}
