package dev.belay.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a transaction lasted whose COMMIT had no answer. Immutable, safe for use by
 * many threads.
 *
 * <p>A server that crashed or was restored, or a standby that took over, may use the same id again
 * or may not have the commit: that is another life of the server, and the outcome stays unknown.
 *
 * @see <a href="https://www.postgresql.org/docs/current/functions-info.html">pg_xact_status</a>
 */
final class PgCommitLookup {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final PgParts parts;

  PgCommitLookup(PgParts parts) {
    this.parts = parts;
  }

  /** Returns whether the transaction lasted; null if the server cannot say in the busy timeout. */
  @Nullable Boolean lasted(PgBegin.Begun begun) {
    long deadline = System.nanoTime() + parts.busyTimeoutNanos();
    boolean interrupted = false;
    try {
      do {
        try (Connection connection = parts.source().open()) {
          String status = status(connection, begun);
          if (!"in progress".equals(status)) {
            return status == null ? null : Boolean.valueOf(status.equals("committed"));
          }
        } catch (SQLException e) {
          if (!mayAnswerLater(e)) {
            return null; // it forgot the id, or does not know it
          }
        }
        interrupted |= Thread.interrupted(); // the caller waits for the truth
        LockSupport.parkNanos(PAUSE_NANOS);
      } while (System.nanoTime() - deadline < 0);
      return null;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean mayAnswerLater(SQLException e) {
    return PgFailures.isConnectionLost(e) || PgFailures.isWithoutConnection(e);
  }

  private @Nullable String status(Connection connection, PgBegin.Begun begun) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PgBegin.ASK_STATUS)) {
      statement.setString(1, begun.life());
      statement.setString(2, begun.xid());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }
}
