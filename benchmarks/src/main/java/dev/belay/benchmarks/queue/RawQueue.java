package dev.belay.benchmarks.queue;

import static dev.belay.benchmarks.queue.DaoStatement.bind;
import static dev.belay.benchmarks.queue.RawConnection.number;
import static dev.belay.benchmarks.queue.RawConnection.update;

import dev.belay.queue.WorkDao;
import dev.belay.store.CounterDao;
import dev.belay.store.TokenSpace;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A queue written by hand on JDBC: the schema and the statements that Belay runs for work without a
 * lane, each verb a transaction. Belongs to whoever holds the lock around it.
 */
final class RawQueue implements AutoCloseable {
  /** What {@link #claim} gives. */
  record Claimed(long id, long token, String payload) {}

  private static final String QUEUE = "benchmark";
  private static final int ATTEMPTS_MAX = 10;
  private static final long TTL_MS = 60_000;
  private static final long TOKENS_PER_MS = 1024;

  private final RawConnection connection;
  private final PreparedStatement ids;
  private final PreparedStatement add;
  private final PreparedStatement addPayload;
  private final PreparedStatement outlook;
  private final PreparedStatement token;
  private final PreparedStatement claim;
  private final PreparedStatement finish;
  private long highestToken;

  RawQueue(Path file) throws SQLException {
    connection = new RawConnection(file);
    Class<?> steps = DaoStatement.ofPackage(WorkDao.class, "WorkStepDao");
    ids = connection.prepare(CounterDao.class, "advance");
    add = connection.prepare(steps, "add");
    addPayload = connection.prepare(steps, "addPayload");
    outlook = connection.prepare(WorkDao.class, "outlook");
    token = connection.prepare(CounterDao.class, "advance");
    claim = connection.prepare(steps, "claim");
    finish = connection.prepare(steps, "finish");
  }

  void enqueue(String payload) throws SQLException {
    connection.write(
        () -> {
          long nowMs = System.currentTimeMillis();
          long id = number(ids, 1L, nowMs * TOKENS_PER_MS, "work", TokenSpace.TOKEN_MAX);
          number(add, id, QUEUE, "READY", "", null, null, null, 0, null, ATTEMPTS_MAX, nowMs);
          return update(addPayload, id, null, payload);
        });
  }

  /** The next work, null if there is none. */
  Claimed claim(String worker) throws SQLException {
    return connection.write(
        () -> {
          long nowMs = System.currentTimeMillis();
          long id;
          try (ResultSet row = bind(outlook, QUEUE, nowMs).executeQuery()) {
            row.next();
            id = row.getLong(1);
            if (row.getBoolean(2)) {
              throw new SQLException("nothing can be due here");
            }
          }
          if (id == 0) {
            return null;
          }
          long floor = Math.max(nowMs * TOKENS_PER_MS, highestToken + 1);
          highestToken = number(token, 1L, floor, "token", TokenSpace.TOKEN_MAX);
          return claimed(id, worker, nowMs);
        });
  }

  private Claimed claimed(long id, String worker, long nowMs) throws SQLException {
    bind(claim, highestToken, worker, nowMs, nowMs + TTL_MS, id);
    try (ResultSet row = claim.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("work " + id + " could not be claimed");
      }
      Claimed claimed = new Claimed(id, highestToken, row.getString(2));
      row.next(); // to its end, where RETURNING is done
      return claimed;
    }
  }

  void complete(Claimed claimed) throws SQLException {
    connection.write(
        () -> {
          long nowMs = System.currentTimeMillis();
          bind(finish, "DONE", nowMs, null, claimed.id(), QUEUE, claimed.token());
          try (ResultSet row = finish.executeQuery()) {
            if (!row.next()) {
              throw new SQLException("work " + claimed.id() + " is not held");
            }
            return row.next();
          }
        });
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
