package dev.belay.sqlite;

import dev.belay.store.BelayObserver;
import dev.belay.store.Durability;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * How a store is to be opened, checked and complete. Immutable, safe for use by many threads.
 *
 * @param busyTimeoutMs how long to wait for other processes, in milliseconds, from 0
 * @param commitGroupMax how many bodies may share a commit, from 1
 * @param migrations the locations of each history by its name, in the order in which they run
 * @param connection prepares each connection on which bodies run, once it is open
 * @param readers how many bodies may read at once, from 1
 * @param sharedNames whether a file that has a second name is opened all the same
 * @param observer told what the store does; null: failures are logged
 * @param context captures what is carried to the threads that run a caller's code; null: nothing
 */
public record OpenSettings(
    int busyTimeoutMs,
    Durability durability,
    InstantSource clock,
    int commitGroupMax,
    Map<String, List<String>> migrations,
    Consumer<Jdbi> jdbi,
    Consumer<Connection> connection,
    int readers,
    boolean ownerOnlyFiles,
    boolean sharedNames,
    @Nullable BelayObserver observer,
    @Nullable Supplier<UnaryOperator<Runnable>> context) {
  /**
   * Prepares {@code fresh} as the application wants it, before any body runs on it.
   *
   * @throws IllegalStateException if it is then closed, or in a transaction
   */
  void prepare(SQLiteConnection fresh) throws SQLException {
    connection.accept(fresh);
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
