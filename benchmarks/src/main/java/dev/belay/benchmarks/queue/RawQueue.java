package dev.belay.benchmarks.queue;

import static dev.belay.benchmarks.queue.DaoStatement.bind;
import static dev.belay.benchmarks.queue.DaoStatement.number;
import static dev.belay.benchmarks.queue.DaoStatement.update;

import dev.belay.benchmarks.peer.RawConnection;
import dev.belay.engine.TokenDao;
import dev.belay.engine.TokenSpace;
import dev.belay.queue.WorkDao;
import java.nio.charset.StandardCharsets;
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
  private final PreparedStatement next;
  private final PreparedStatement token;
  private final PreparedStatement claim;
  private final PreparedStatement finish;
  private long highestToken;

  RawQueue(Path file) throws SQLException {
    connection = PlainSqlite.raw(file);
    Class<?> claims = DaoStatement.ofPackage(WorkDao.class, "ClaimDao");
    Class<?> additions = DaoStatement.ofPackage(WorkDao.class, "EnqueueDao");
    Class<?> endings = DaoStatement.ofPackage(WorkDao.class, "SettleDao");
    ids = DaoStatement.prepare(connection.jdbc(), additions, "largestId");
    add = DaoStatement.prepare(connection.jdbc(), additions, "add");
    addPayload = DaoStatement.prepare(connection.jdbc(), additions, "addPayload");
    next = DaoStatement.prepare(connection.jdbc(), claims, "next");
    token = DaoStatement.prepare(connection.jdbc(), TokenDao.class, "advance");
    claim = DaoStatement.prepare(connection.jdbc(), claims, "claim");
    finish = DaoStatement.prepare(connection.jdbc(), endings, "finishUnlaned");
  }

  void enqueue(String payload) throws SQLException {
    connection.write(
        () -> {
          long nowMs = System.currentTimeMillis();
          long id = Math.max(number(ids) + 1, nowMs * TOKENS_PER_MS);
          long bytes = payload.getBytes(StandardCharsets.UTF_8).length;
          update(
              add, id, QUEUE, "READY", "", null, null, bytes, null, 0, null, ATTEMPTS_MAX, nowMs);
          return update(addPayload, id, null, payload);
        });
  }

  /** The next work, null if there is none. */
  Claimed claim(String worker) throws SQLException {
    return connection.write(
        () -> {
          long nowMs = System.currentTimeMillis();
          long id;
          String payload;
          try (ResultSet row = bind(next, QUEUE, nowMs).executeQuery()) {
            if (!row.next()) {
              return null;
            }
            id = row.getLong(1);
            payload = row.getString(3);
            if (row.getBoolean(8)) {
              throw new SQLException("nothing can be due here");
            }
          }
          long floor = Math.max(nowMs * TOKENS_PER_MS, highestToken + 1);
          highestToken = number(token, 1L, floor, TokenSpace.TOKEN_MAX);
          update(claim, highestToken, worker, nowMs, nowMs + TTL_MS, id);
          return new Claimed(id, highestToken, payload);
        });
  }

  void complete(Claimed claimed) throws SQLException {
    connection.write(
        () -> {
          long nowMs = System.currentTimeMillis();
          return update(finish, "DONE", nowMs, null, claimed.id(), QUEUE, claimed.token());
        });
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
