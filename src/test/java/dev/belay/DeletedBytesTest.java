package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: what was deleted is no longer in the file, for whoever reads its bytes. Method: a text that
 * stands nowhere else, short and long, in everything that can be deleted or replaced.
 */
class DeletedBytesTest {
  private static final String SECRET = "a-secret-that-must-go";

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();

  @Test
  void a_deleted_session_leaves_no_byte_of_its_events_and_state() throws Exception {
    for (String text : texts()) {
      Path file = write(belay -> commit(belay, text));
      assertThat(read(file)).contains(SECRET);
      reopen(
          file,
          belay -> {
            belay.sessions().delete("s");
            Patience.until("its rows are freed", () -> rows(file, "belay_session_event") == 0);
          });
      assertThat(read(file)).doesNotContain(SECRET);
    }
  }

  @Test
  void a_state_that_is_replaced_leaves_no_byte() throws Exception {
    for (String text : texts()) {
      Path file = write(belay -> commit(belay, "x", text));
      reopen(
          file,
          belay -> belay.sessions().commit(SessionCommit.to("s", 1).state("short")).orThrow());
      assertThat(read(file)).doesNotContain(SECRET);
    }
  }

  @Test
  void purged_work_leaves_no_byte_of_its_payload_and_result() throws Exception {
    for (String text : texts()) {
      Path file =
          write(
              belay -> {
                WorkQueue queue = belay.queue("q");
                queue.enqueue(NewWork.of(text));
                Claim claim = queue.claim("w", Duration.ofMinutes(1)).orElseThrow();
                queue.complete(claim, text);
              });
      assertThat(read(file)).contains(SECRET);
      clock.advance(Duration.ofDays(1));
      reopen(file, belay -> assertThat(belay.queue("q").purge(clock.instant(), 10)).isEqualTo(1));
      assertThat(read(file)).doesNotContain(SECRET);
    }
  }

  @Test
  void rows_of_the_application_leave_no_byte_whether_a_body_or_a_call_deletes_them()
      throws Exception {
    for (String text : texts()) {
      Path file =
          write(
              belay -> {
                SqliteNotes.create(belay);
                belay.useWrite(tx -> Notes.add(tx, "1" + text));
                belay.useWrite(tx -> Notes.add(tx, "2" + text));
              });
      reopen(
          file,
          belay -> {
            belay.useWrite(tx -> tx.handle().execute("DELETE FROM note WHERE id = 1"));
            int deleted =
                belay
                    .tx()
                    .<Integer, RuntimeException>call(
                        tx -> tx.handle().execute("DELETE FROM note WHERE id = 2"));
            assertThat(deleted).isEqualTo(1);
          });
      assertThat(read(file)).doesNotContain(SECRET);
    }
  }

  private static String[] texts() {
    return new String[] {SECRET, SECRET.repeat(2_000)};
  }

  private static void commit(Belay belay, String text) {
    commit(belay, text, text);
  }

  private static void commit(Belay belay, String event, String state) {
    belay
        .sessions()
        .commit(SessionCommit.to("s", 0).append(NewEvent.of("t", event)).state(state))
        .orThrow();
  }

  private Path write(Consumer<Belay> writing) throws IOException {
    Path file = Files.createTempDirectory(folder, "store").resolve("a.db");
    reopen(file, writing);
    return file;
  }

  /** Afterwards nobody has the file open, and its log is gone. */
  private void reopen(Path file, Consumer<Belay> use) {
    try (Belay belay = Belay.open(file, TestOptions.defaults().withClock(clock))) {
      use.accept(belay);
    }
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }

  private static long rows(Path file, String table) {
    try {
      return Long.parseLong(PlainSqlite.rows(file, "SELECT count(*) FROM " + table).get(0));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
