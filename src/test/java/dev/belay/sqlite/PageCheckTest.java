package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.Finding;
import dev.belay.store.Finding.Scope;
import dev.belay.store.StoreInterruptedException;
import dev.belay.testing.FileState;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only SQLite finds: damaged pages, keys of the application, a table that is not there. */
class PageCheckTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void fill() {
    file = folder.resolve("belay.db");
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      for (int i = 0; i < 200; i++) {
        belay
            .sessions()
            .commit(SessionCommit.to("s" + i).append(NewEvent.of("t", "p".repeat(500))))
            .orThrow();
        belay.queue("q").enqueue(NewWork.of("p").withKey("k" + i));
      }
    }
  }

  private List<Finding> check(Scope scope) {
    try (Belay belay = Belay.openReadOnly(file, TestOptions.defaults())) {
      return belay.check(scope);
    }
  }

  @Test
  void a_sound_file_has_no_finding_and_a_check_changes_nothing() throws Exception {
    FileState before = FileState.of(file);

    assertThat(check(Scope.PAGES)).isEmpty();

    assertThat(FileState.of(file)).isEqualTo(before);
    try (Belay memory = Belay.openInMemory(TestOptions.defaults())) {
      assertThat(memory.check(Scope.PAGES)).isEmpty();
    }
  }

  @Test
  void a_page_that_was_overwritten_is_a_finding_and_the_other_tables_are_checked()
      throws Exception {
    overwrite("belay_session_event");

    List<Finding> findings = check(Scope.PAGES);

    assertThat(findings).extracting(Finding::rule).contains("unreadable");
    assertThat(findings)
        .anyMatch(found -> found.subject().equals("events of sessions"))
        .noneMatch(found -> found.subject().equals("payloads of work"));
    assertThat(check(Scope.ROWS)).isNotEmpty();
  }

  @Test
  void an_index_that_lacks_a_row_is_found_by_its_pages_alone() throws Exception {
    PlainSqlite.execute(
        file,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = sql || ' AND type <> ''''' WHERE name = 'belay_work_ready'",
        "PRAGMA writable_schema = RESET",
        "REINDEX belay_work_ready",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, ' AND type <> ''''', '')"
            + " WHERE name = 'belay_work_ready'",
        "PRAGMA writable_schema = RESET");

    assertThat(check(Scope.ROWS)).isEmpty();
    assertThat(check(Scope.PAGES))
        .isNotEmpty()
        .allMatch(found -> found.rule().equals("pages"))
        .anyMatch(found -> found.message().contains("belay_work_ready"));
  }

  private void overwrite(String table) throws Exception {
    long root =
        Long.parseLong(
            PlainSqlite.row(
                file, "SELECT rootpage FROM sqlite_schema WHERE name = '" + table + "'"));
    write((root - 1) * 4096, new byte[4096]);
  }

  private void write(long at, byte[] bytes) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(at);
      open.write(bytes);
    }
  }

  @Test
  void a_broken_key_of_the_application_is_a_finding_and_a_sound_one_is_not() throws Exception {
    PlainSqlite.execute(
        file,
        "CREATE TABLE note (id INTEGER PRIMARY KEY, session_no REFERENCES belay_session (no))",
        "INSERT INTO note VALUES (1, 1), (2, NULL)");
    assertThat(check(Scope.ROWS)).isEmpty();

    PlainSqlite.execute(file, "INSERT INTO note VALUES (7, 999999)");

    assertThat(check(Scope.ROWS))
        .containsExactly(
            new Finding(
                "foreign-key",
                "table note",
                "row 7 refers to a row of belay_session that does not exist"));
  }

  @Test
  void a_table_that_is_gone_is_a_finding_and_the_others_are_checked() throws Exception {
    PlainSqlite.execute(file, "DROP TABLE belay_lease", "DELETE FROM belay_work_payload");

    assertThat(check(Scope.ROWS))
        .hasSize(203)
        .contains(new Finding("schema", "table belay_lease", "is missing"))
        .anyMatch(found -> found.rule().equals("unreadable") && found.subject().equals("leases"))
        .anyMatch(found -> found.rule().equals("work-payload"));
  }

  @Test
  void more_findings_than_the_most_are_told_as_one() throws Exception {
    PlainSqlite.execute(
        file,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)"
            + " INSERT INTO belay_work_result SELECT 1000 + i, 'r' FROM n");

    List<Finding> findings = check(Scope.ROWS);

    assertThat(findings).hasSize(Finding.MAX + 1);
    assertThat(findings.get(Finding.MAX).rule()).isEqualTo(Finding.MORE);
  }

  @Test
  void an_interrupt_ends_the_check_of_the_pages() {
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> belay.check(Scope.PAGES))
          .isInstanceOf(StoreInterruptedException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(belay.check(Scope.PAGES)).isEmpty();
    }
  }
}
