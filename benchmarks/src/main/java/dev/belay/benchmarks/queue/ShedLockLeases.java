package dev.belay.benchmarks.queue;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.jdbc.JdbcLockProvider;

/**
 * ShedLock's plain JDBC provider. Immutable.
 *
 * <p>It remembers the names it has inserted, so that an acquisition is one UPDATE and a release
 * another, each committed by itself. It has no fencing tokens to count on.
 */
public final class ShedLockLeases<S> implements LeasePeer<S> {
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private final PoolOf<S> pool;

  /** On connections from {@code pool}. */
  public ShedLockLeases(PoolOf<S> pool) {
    this.pool = pool;
  }

  @Override
  public String name() {
    return "ShedLock";
  }

  @Override
  public Store open(S place) throws Exception {
    ConnectionPool pool = this.pool.open(place);
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
      public Held acquire(String name) {
        return held(
            provider
                .lock(new LockConfiguration(Instant.now(), name, AT_MOST, Duration.ZERO))
                .orElseThrow(() -> new IllegalStateException("no name is held here: " + name)));
      }

      @Override
      public void close() throws Exception {
        pool.close();
      }
    };
  }

  private static Held held(SimpleLock lock) {
    AtomicReference<SimpleLock> current = new AtomicReference<>(lock);
    return new Held() {
      @Override
      public void renew() {
        current.set(current.get().extend(AT_MOST, Duration.ZERO).orElseThrow());
      }

      @Override
      public void release() {
        current.get().unlock();
      }
    };
  }
}
