package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.store.SchemaTooNewException;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A schema that is not this library's: refused with the reason, and the file as it was. */
class SchemaHistoryTest {
  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void create() {
    file = dir.resolve("belay.db");
    Belay.open(file, TestOptions.defaults()).close();
  }

  @Test
  void flyway_finds_a_history_of_its_own_and_the_checksums_that_it_computes() throws Exception {
    Flyway flyway =
        Flyway.configure()
            .dataSource("jdbc:sqlite:" + file, null, null)
            .table("belay_schema_history")
            .locations("classpath:dev/belay/db/migration")
            .load();

    flyway.validate();

    assertThat(flyway.info().applied()).hasSameSizeAs(ShippedMigration.ALL);
    assertThat(flyway.info().pending()).isEmpty();
  }

  @Test
  void the_history_names_what_shipped() throws Exception {
    List<String> history =
        PlainSqlite.rows(
            file,
            "SELECT version, script, checksum FROM belay_schema_history"
                + " WHERE version IS NOT NULL ORDER BY installed_rank");

    assertThat(history)
        .containsExactlyElementsOf(
            ShippedMigration.ALL.stream()
                .map(
                    shipped ->
                        shipped.version() + " " + shipped.script() + " " + shipped.checksum())
                .toList());
  }

  @Test
  void an_edited_checksum_is_told_and_nothing_is_touched() throws Exception {
    requireRefused(
        StoreCorruptException.class,
        "checksum",
        "UPDATE belay_schema_history SET checksum = checksum + 1 WHERE version = '1'");
  }

  @Test
  void a_migration_that_failed_half_way_is_told_and_nothing_is_touched() throws Exception {
    requireRefused(
        StoreCorruptException.class,
        "half-way",
        "UPDATE belay_schema_history SET success = 0 WHERE version = '1'");
  }

  @Test
  void a_history_that_lost_a_row_is_told_and_nothing_is_touched() throws Exception {
    requireRefused(
        StoreException.class, "", "DELETE FROM belay_schema_history WHERE version = '1'");
  }

  @Test
  void a_newer_schema_is_told_with_both_versions_and_nothing_is_touched() throws Exception {
    requireRefused(SchemaTooNewException.class, "9998", newer(9_997), newer(9_998));

    SchemaTooNewException caught =
        (SchemaTooNewException)
            catchThrowable(() -> Belay.open(file, TestOptions.defaults()).close());
    assertThat(caught.found()).isEqualTo("9998");
    assertThat(caught.supported()).isEqualTo(ShippedMigration.newestVersion());
  }

  @Test
  void a_newer_schema_may_be_read() throws Exception {
    PlainSqlite.execute(file, newer(9_998));

    try (Belay belay = Belay.openReadOnly(file)) {
      assertThat(belay.sessions().list(null, 10)).isEmpty();
    }
  }

  @Test
  void a_newer_schema_is_not_even_switched_to_another_journal() throws Exception {
    requireRefused(
        SchemaTooNewException.class, "9998", newer(9_998), "PRAGMA journal_mode = DELETE");
  }

  @Test
  void an_up_to_date_file_is_migrated_once() throws Exception {
    for (int i = 0; i < 3; i++) {
      Belay.open(file, TestOptions.defaults()).close();
    }

    assertThat(
            PlainSqlite.row(file, "SELECT count(*) FROM belay_schema_history WHERE type = 'SQL'"))
        .isEqualTo(Integer.toString(ShippedMigration.ALL.size()));
  }

  private static String newer(int version) {
    return "INSERT INTO belay_schema_history (installed_rank, version, description, type, script,"
        + " checksum, installed_by, execution_time, success) VALUES ("
        + version
        + ", '"
        + version
        + "', 'newer', 'SQL', 'V"
        + version
        + "__newer.sql', 1, '', 0, 1)";
  }

  private void requireRefused(Class<? extends StoreException> type, String reason, String... tamper)
      throws Exception {
    PlainSqlite.execute(file, tamper);
    byte[] before = bytes();

    assertThatExceptionOfType(type)
        .isThrownBy(() -> Belay.open(file, TestOptions.defaults()).close())
        .withMessageContaining(reason)
        .withMessageContaining("belay.db");

    assertThat(bytes()).isEqualTo(before);
  }

  private byte[] bytes() throws IOException {
    return Files.readAllBytes(file); // nobody has it open
  }
}
