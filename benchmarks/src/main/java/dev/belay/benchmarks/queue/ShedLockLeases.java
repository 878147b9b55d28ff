package dev.belay.benchmarks.queue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.jdbc.JdbcLockProvider;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * ShedLock's plain JDBC provider. Immutable.
 *
 * <p>It remembers the names it has inserted, so that an acquisition is one UPDATE and a release
 * another, each committed by itself. It has no fencing tokens to count on.
 */
final class ShedLockLeases implements LeasePeer {
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private final int connections;

  ShedLockLeases(int connections) {
    this.connections = connections;
  }

  @Override
  public String name() {
    return "ShedLock";
  }

  @Override
  public Store open(Path file) throws Exception {
    ConnectionPool pool = new ConnectionPool(file, connections, TransactionMode.IMMEDIATE);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE shedlock (
            name TEXT NOT NULL PRIMARY KEY, lock_until TIMESTAMP NOT NULL,
            locked_at TIMESTAMP NOT NULL, locked_by TEXT NOT NULL)
          """);
    }
    JdbcLockProvider provider = new JdbcLockProvider(pool);
    return new Store() {
      @Override
      public void acquireAndRelease(String name) {
        SimpleLock lock =
            provider
                .lock(new LockConfiguration(Instant.now(), name, AT_MOST, Duration.ZERO))
                .orElseThrow(() -> new IllegalStateException("no name is held here: " + name));
        lock.unlock();
      }

      @Override
      public void close() throws Exception {
        pool.close();
      }
    };
  }
}
