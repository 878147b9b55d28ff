package dev.belay.sqlite;

import dev.belay.engine.EngineOptions;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.sqlite.SQLiteConnection;

/**
 * The settings with which a store is opened. Immutable, safe for use by many threads.
 *
 * @param options the options that the application chose
 * @param busyTimeoutMs the time to wait for other processes, in milliseconds, at least 0
 */
public record OpenSettings(EngineOptions options, int busyTimeoutMs) {
  /** Creates the settings, with {@code busyTimeout} if the application chose none. */
  public static OpenSettings of(EngineOptions options, Duration busyTimeout) {
    return new OpenSettings(options, (int) options.busyTimeout().orElse(busyTimeout).toMillis());
  }

  /**
   * Lets the application prepare {@code fresh}, before any body runs on it.
   *
   * @throws IllegalStateException if the connection is closed or in a transaction afterwards
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
      statement.execute("BEGIN"); // fails inside a transaction; otherwise it takes no lock
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      throw new IllegalStateException(misuse, e);
    }
  }
}
