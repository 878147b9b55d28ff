package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.BelayOptions.Migration;
import dev.belay.store.SchemaTooOldException;
import dev.belay.testing.FileState;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose schema is too old, opened by a program that may not migrate it. */
class MigrationChoiceTest {
  private static final BelayOptions NONE = TestOptions.defaults().withMigration(Migration.NONE);
  private static final String NEWEST = ShippedMigration.newestVersion();

  @TempDir Path folder;

  @Test
  void no_file_is_made_where_there_is_none() {
    Path file = folder.resolve("none.db");

    SchemaTooOldException refusal = refusal(() -> Belay.open(file, NONE).close());

    assertThat(refusal.found()).isEqualTo("0");
    assertThat(refusal.needed()).isEqualTo(NEWEST);
    assertThat(refusal.pending()).isEqualTo(ShippedMigration.pendingAfter(0));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void an_older_file_stays_as_it_is_and_what_is_pending_is_listed() throws Exception {
    Path file = older();
    FileState before = FileState.of(file);

    for (ThrowingCallable opening :
        List.<ThrowingCallable>of(
            () -> Belay.open(file, NONE).close(), () -> Belay.openReadOnly(file, NONE).close())) {
      SchemaTooOldException refusal = refusal(opening);
      assertThat(refusal.found()).isEqualTo("1");
      assertThat(refusal.needed()).isEqualTo(NEWEST);
      assertThat(refusal.pending())
          .containsExactly("belay: V2__leases.sql", "belay: V3__queue.sql");
      assertThat(refusal)
          .hasMessageContainingAll(
              file.toString(), "schema version 1", "needed: " + NEWEST, "belay: V2__leases.sql");
      assertThat(FileState.of(file)).isEqualTo(before);
    }
    Belay.open(file, TestOptions.defaults()).close();
    Belay.open(file, NONE).close();
  }

  /** The file that a Belay with the first migration alone has made. */
  private Path older() throws Exception {
    Path file = folder.resolve("older.db");
    Belay.open(file, TestOptions.defaults()).close();
    PlainSqlite.execute(
        file,
        "PRAGMA foreign_keys = OFF",
        "DROP TABLE belay_work_payload",
        "DROP TABLE belay_work_result",
        "DROP TABLE belay_queue",
        "DROP TABLE belay_work",
        "DROP TABLE belay_lease",
        "DROP TABLE belay_counter",
        "DELETE FROM belay_schema_history WHERE version > '1'");
    return file;
  }

  @Test
  void migrations_of_the_application_count_too_and_a_reader_does_not_look_at_them()
      throws Exception {
    Path file = folder.resolve("app.db");
    Belay.open(file, TestOptions.defaults()).close();
    Path scripts = Files.createDirectory(folder.resolve("scripts"));
    Files.writeString(scripts.resolve("V1__host.sql"), "CREATE TABLE host (id INTEGER) STRICT;");
    BelayOptions options = NONE.withMigrations("host", "filesystem:" + scripts);
    FileState before = FileState.of(file);

    SchemaTooOldException refusal = refusal(() -> Belay.open(file, options).close());

    assertThat(refusal.found()).isEqualTo(refusal.needed()).isEqualTo(NEWEST);
    assertThat(refusal.pending()).containsExactly("host: V1__host.sql");
    assertThat(FileState.of(file)).isEqualTo(before);
    Belay.openReadOnly(file, options).close();
    Belay.open(file, options.withMigration(Migration.ON_OPEN)).close();
    Belay.open(file, options).close();
  }

  @Test
  void a_file_of_another_program_is_no_store_and_stays_so() throws Exception {
    Path file = folder.resolve("other.db");
    PlainSqlite.execute(file, "CREATE TABLE note (text TEXT)");
    FileState before = FileState.of(file);

    SchemaTooOldException refusal = refusal(() -> Belay.open(file, NONE).close());

    assertThat(refusal.found()).isEqualTo("0");
    assertThat(refusal).hasMessageContaining("is not a store of Belay");
    assertThat(FileState.of(file)).isEqualTo(before);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void a_store_in_memory_is_always_migrated() {
    try (Belay belay = Belay.openInMemory(NONE)) {
      assertThat(belay.check()).isEmpty();
    }
  }

  private static SchemaTooOldException refusal(ThrowingCallable opening) {
    return catchThrowableOfType(SchemaTooOldException.class, opening);
  }
}
