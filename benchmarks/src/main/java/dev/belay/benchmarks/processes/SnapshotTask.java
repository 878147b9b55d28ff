package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.RawConnection;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.sqlite.SQLiteConnection;

/**
 * A process that always reads: it keeps a snapshot for a second, then takes the next at once.
 * Belongs to the main thread.
 */
public final class SnapshotTask implements Task {
  private static final long SNAPSHOT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private SQLiteConnection connection;

  @Override
  public void prepare(Values settings) throws Exception {
    connection =
        RawConnection.connect(
            settings.file(),
            "NORMAL",
            ConnectionPerCaller.BUSY_TIMEOUT_MS,
            RawConnection.CHECKPOINT_PAGES);
  }

  @Override
  public Values run(Values settings, long startNanos) throws Exception {
    Window window =
        new Window(startNanos, settings.number("warmUpMs"), settings.number("measureMs"));
    window.awaitStart();
    LogLimit limit = new LogLimit(settings);
    long snapshots = 0;
    try (Statement statement = connection.createStatement()) {
      for (long now = System.nanoTime(); !isOver(window, limit, now); now = System.nanoTime()) {
        keepSnapshot(statement, Math.min(SNAPSHOT_NANOS, window.endNanos() - System.nanoTime()));
        snapshots++;
      }
    }
    return new Values().with("snapshots", snapshots);
  }

  private static boolean isOver(Window window, LogLimit limit, long nanos) throws IOException {
    return window.isOver(nanos) || limit.isPassed(nanos);
  }

  private static void keepSnapshot(Statement statement, long nanos) throws SQLException {
    long end = System.nanoTime() + nanos;
    statement.execute("BEGIN");
    statement.executeQuery("SELECT revision FROM belay_session LIMIT 1").close();
    Pause.until(end);
    statement.execute("COMMIT");
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
