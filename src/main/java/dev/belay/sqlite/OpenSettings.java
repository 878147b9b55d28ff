package dev.belay.sqlite;

import dev.belay.engine.EngineOptions;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.sqlite.SQLiteConnection;

/**
 * How a store is to be opened. Immutable, safe for use by many threads.
 *
 * @param options as the application chose them
 * @param busyTimeoutMs how long to wait for other processes, in milliseconds, from 0
 */
public record OpenSettings(EngineOptions options, int busyTimeoutMs) {
  /** With {@code busyTimeout} where the application chose none. */
  public static OpenSettings of(EngineOptions options, Duration busyTimeout) {
    return new OpenSettings(options, (int) options.busyTimeout().orElse(busyTimeout).toMillis());
  }

  /**
   * Prepares {@code fresh} as the application wants it, before any body runs on it.
   *
   * @throws IllegalStateException if it is then closed, or in a transaction
   */
  void prepare(SQLiteConnection fresh) throws SQLException {
    options.connection().accept(fresh);
    String misuse =
        "what BelayOptions.withConnection was given has closed the connection or begun a"
            + " transaction; it is there to prepare the connection alone";
    if (fresh.isClosed() || !fresh.getAutoCommit()) {
      throw new IllegalStateException(misuse);
    }
    try (Statement statement = fresh.createStatement()) {
      statement.execute("BEGIN"); // fails in a transaction; of itself it takes no lock
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      throw new IllegalStateException(misuse, e);
    }
  }
}
