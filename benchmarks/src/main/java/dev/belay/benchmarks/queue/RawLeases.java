package dev.belay.benchmarks.queue;

import static dev.belay.benchmarks.queue.DaoStatement.bind;
import static dev.belay.benchmarks.queue.DaoStatement.number;
import static dev.belay.benchmarks.queue.DaoStatement.update;

import dev.belay.benchmarks.peer.RawConnection;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.engine.TokenDao;
import dev.belay.engine.TokenSpace;
import dev.belay.lease.LeaseDao;
import dev.belay.lease.Leases;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;

/** Leases by hand on JDBC: Belay's statements, one connection behind a lock. Immutable. */
final class RawLeases implements LeasePeer<Scratch> {
  @Override
  public String name() {
    return "raw";
  }

  @Override
  public Store open(Scratch folder) throws Exception {
    return new RawStore(PlainSqlite.raw(folder.file()));
  }

  private static final class RawStore implements Store {
    private static final long TTL_MS = 60_000;
    private static final long TOKENS_PER_MS = 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final RawConnection connection;
    private final PreparedStatement last;
    private final PreparedStatement nextToken;
    private final PreparedStatement grant;
    private final PreparedStatement earliest;
    private final PreparedStatement renew;
    private final PreparedStatement release;
    private long highestToken;

    RawStore(RawConnection connection) throws SQLException {
      this.connection = connection;
      this.last = DaoStatement.prepare(connection.jdbc(), LeaseDao.class, "last");
      this.nextToken = DaoStatement.prepare(connection.jdbc(), TokenDao.class, "advance");
      this.grant = DaoStatement.prepare(connection.jdbc(), LeaseDao.class, "grant");
      this.earliest =
          DaoStatement.prepare(
              connection.jdbc(), DaoStatement.ofPackage(LeaseDao.class, "LapsedDao"), "earliest");
      this.renew = DaoStatement.prepare(connection.jdbc(), LeaseDao.class, "renew");
      this.release = DaoStatement.prepare(connection.jdbc(), LeaseDao.class, "release");
    }

    @Override
    public Held acquire(String name) throws SQLException {
      long token = locked(() -> grant(name));
      return new Held() {
        @Override
        public void renew() throws SQLException {
          locked(() -> renewed(name, token));
        }

        @Override
        public void release() throws SQLException {
          int released = locked(() -> update(release, name, token, System.currentTimeMillis()));
          if (released != 1) {
            throw new SQLException("a live lease was lost: " + name);
          }
        }
      };
    }

    private long renewed(String name, long token) throws SQLException {
      long nowMs = System.currentTimeMillis();
      try (ResultSet row = bind(renew, nowMs + TTL_MS, name, token, nowMs).executeQuery()) {
        if (!row.next()) {
          throw new SQLException("a live lease was lost: " + name);
        }
        return token;
      }
    }

    private long grant(String name) throws SQLException {
      long nowMs = System.currentTimeMillis();
      try (ResultSet row = bind(last, name).executeQuery()) {
        if (row.next()) {
          throw new SQLException("no name is held here: " + name);
        }
      }
      long floor = Math.max(nowMs * TOKENS_PER_MS, highestToken + 1);
      highestToken = number(nextToken, 1L, floor, TokenSpace.TOKEN_MAX);
      update(grant, name, "benchmark", highestToken, nowMs, nowMs + TTL_MS);
      try (ResultSet row = bind(earliest, nowMs - Leases.RETENTION.toMillis()).executeQuery()) {
        if (row.next()) {
          throw new SQLException("no lease is old here");
        }
      }
      return highestToken;
    }

    private <T> T locked(RawConnection.Body<T> body) throws SQLException {
      lock.lock();
      try {
        return connection.write(body);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }
}
