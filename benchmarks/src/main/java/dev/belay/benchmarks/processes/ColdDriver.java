package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.RawConnection;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConnection;

/**
 * A JVM that has never heard of SQLite's driver loads it, opens a connection with Belay's pragmas
 * and asks the schema one question. The least that any use of the file costs. Belongs to the main
 * thread.
 */
public final class ColdDriver implements Task {
  @Override
  public Values run(Values settings, long startNanos) throws SQLException {
    Path file = settings.file();
    Pause.until(startNanos);
    long start = System.nanoTime();
    try (SQLiteConnection connection =
            RawConnection.connect(
                file,
                "NORMAL",
                ConnectionPerCaller.BUSY_TIMEOUT_MS,
                RawConnection.CHECKPOINT_PAGES);
        Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("SELECT count(*) FROM belay_session")) {
        row.next();
      }
      return new Values().with("open", System.nanoTime() - start);
    }
  }
}
