package dev.belay.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of grants and the ids of work. Safe for use by many threads.
 *
 * <p>A process takes a block of numbers from the counter in the store, in a transaction of its own,
 * and gives them out. The counter is at least the clock's milliseconds, so numbers never come back,
 * also after a power failure that took the last commits, and from a copy that was restored. A block
 * is used for a second at most: then the numbers of different processes are in the order of time,
 * to a second.
 */
final class PgNumbers {
  /** The numbers of one block. */
  static final int BLOCK = 1_024;

  /** The largest number: a receipt keeps an id and three bits beside it. */
  static final long NUMBER_MAX = (1L << 60) - 1;

  private static final long BLOCK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final PgSource source;
  private final PgFailures errors;
  private final String take;
  private @Nullable Connection connection;
  private long next;
  private long left;
  private long takenNanos;
  private boolean closed;

  /**
   * Creates the numbers without connecting.
   *
   * @param schema the quoted name of the schema with the tables
   */
  PgNumbers(PgSource source, PgFailures errors, String schema) {
    this.source = source;
    this.errors = errors;
    this.take =
        "UPDATE "
            + schema
            + ".belay_counter SET value = GREATEST(value, ?) + ? WHERE name = 'block'"
            + " RETURNING value";
  }

  /**
   * Returns the first of {@code count} new numbers that follow each other and are larger than
   * {@code after}.
   */
  synchronized long take(int count, long after, long nowMs) {
    if (left < count || next <= after || System.nanoTime() - takenNanos > BLOCK_NANOS) {
      long blocks = Math.max(1, (count + BLOCK - 1L) / BLOCK);
      // A clock that was set back must not bring tokens below those that are stored.
      long last = blocks(blocks, Math.max(nowMs, after / BLOCK));
      next = (last - blocks + 1) * BLOCK;
      left = blocks * BLOCK;
      takenNanos = System.nanoTime();
      if (next + left > NUMBER_MAX) {
        throw new IllegalStateException("the clock is past what an id of work can hold");
      }
    }
    long first = next;
    next += count;
    left -= count;
    return first;
  }

  private long blocks(long count, long atLeast) {
    boolean again = false;
    while (true) {
      try {
        return ask(count, atLeast);
      } catch (SQLException e) {
        if (PgFailures.isConflict(e)) {
          continue; // another process was first, and the server's default is a snapshot
        }
        drop();
        if (again || !PgFailures.isConnectionLost(e)) {
          throw errors.operating("taking numbers", e);
        }
        again = true; // the connection may have been idle for long
      }
    }
  }

  private long ask(long count, long atLeast) throws SQLException {
    Connection open = connection;
    if (open == null) {
      if (closed) {
        throw new SQLException("the store is closed");
      }
      open = source.open();
      open.setAutoCommit(true);
      connection = open;
    }
    try (PreparedStatement statement = open.prepareStatement(take)) {
      statement.setLong(1, atLeast);
      statement.setLong(2, count);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("counter 'block' is missing", "XX001");
        }
        return row.getLong(1);
      }
    }
  }

  private void drop() {
    Connection open = connection;
    connection = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (SQLException e) {
      // it was broken
    }
  }

  synchronized void close() {
    closed = true;
    drop();
  }
}
