package dev.belay.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testing.Effort;
import dev.belay.testing.LockHolder;
import dev.belay.testing.PlainSqlite;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: whoever comes first migrates, everybody else waits and finds it done; nobody sees an error.
 *
 * <p>Method: openers wait at a barrier and go for one file at the same instant, as threads and as
 * processes. Afterwards the file must look as if one handle had opened it alone. Part of the rounds
 * has a foreign program hold a lock on the file, until all have begun and a while longer.
 */
class ConcurrentOpenStressTest {
  private static final int ROUNDS = Effort.of(4, 20);
  private static final long HOLD_NS = TimeUnit.MILLISECONDS.toNanos(300);

  @AutoClose private static final Openers THREADS = new Openers.Threads(16);
  @AutoClose private static final Openers PROCESSES = new Openers.Processes(8);

  @TempDir private Path directory;

  private List<List<String>> undisturbed = List.of();

  @BeforeEach
  void look_at_an_undisturbed_file() throws SQLException {
    undisturbed = SchemaHistory.undisturbed(directory.resolve("undisturbed.db"));
    assertThat(undisturbed).doesNotContain(List.of());
  }

  @Test
  void sixteen_threads_open_a_brand_new_file_at_once() throws Exception {
    openBrandNewFiles(THREADS);
  }

  @Test
  void eight_processes_open_a_brand_new_file_at_once() throws Exception {
    openBrandNewFiles(PROCESSES);
  }

  @Test
  void sixteen_threads_wait_for_a_foreign_program_that_holds_the_file() throws Exception {
    openHeldFiles(THREADS);
  }

  @Test
  void eight_processes_wait_for_a_foreign_program_that_holds_the_file() throws Exception {
    openHeldFiles(PROCESSES);
  }

  private void openBrandNewFiles(Openers openers) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Path file = directory.resolve("new-" + round + ".db");
      openers.open(file, opened -> {});
      assertThat(SchemaHistory.of(file)).isEqualTo(undisturbed);
    }
  }

  /** In both journal modes: one needs the switch to WAL first, the other the migration alone. */
  private void openHeldFiles(Openers openers) throws Exception {
    for (String journalMode : List.of("delete", "wal")) {
      Path read = hostFile("read-" + journalMode + ".db", journalMode);
      try (LockHolder reader = LockHolder.reading(read)) {
        openers.open(
            read,
            opened -> {
              LockSupport.parkNanos(HOLD_NS);
              reader.release();
            });
      }
      assertOpened(read);

      Path written = hostFile("written-" + journalMode + ".db", journalMode);
      try (LockHolder writer = LockHolder.writing(written)) {
        openers.open(
            written,
            opened -> {
              LockSupport.parkNanos(HOLD_NS);
              // All have begun and wait: nobody can migrate under a foreign lock.
              assertThat(opened.getAsInt()).isZero();
              writer.release();
            });
      }
      assertOpened(written);
    }
  }

  private void assertOpened(Path file) throws SQLException {
    assertThat(SchemaHistory.of(file)).isEqualTo(undisturbed);
    assertThat(PlainSqlite.row(file, "PRAGMA journal_mode")).isEqualTo("wal");
    assertThat(PlainSqlite.row(file, "SELECT name FROM host")).isEqualTo("here before");
  }

  /** A file with a table of the host, which Belay has not seen. */
  private Path hostFile(String name, String journalMode) throws SQLException {
    Path file = directory.resolve(name);
    PlainSqlite.execute(
        file,
        "PRAGMA journal_mode = " + journalMode,
        "CREATE TABLE host (name TEXT)",
        "INSERT INTO host VALUES ('here before')");
    return file;
  }
}
