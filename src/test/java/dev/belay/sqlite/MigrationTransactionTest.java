package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.Belay;
import dev.belay.sqlite.meddling.V2__Meddle;
import dev.belay.store.StoreException;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: all that one open migrates lands whole or not at all, whatever a migration tries. Method:
 * every way to begin or end a transaction, in scripts and in Java, on a file of somebody else.
 */
class MigrationTransactionTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COMMIT",
        "commit transaction",
        "END",
        "End Transaction",
        "ROLLBACK",
        "ROLLBACK TRANSACTION",
        "BEGIN",
        "BEGIN IMMEDIATE TRANSACTION",
        "/* a; b */ COMMIT",
        "-- a; b\nCOMMIT",
        ";; COMMIT",
        "\uFEFFCOMMIT",
        "/**/\uFEFF/**/ COMMIT",
        "INSERT INTO a VALUES (';'); COMMIT; SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; COMMIT",
        "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; END; END",
        "SAVEPOINT s; RELEASE s; COMMIT",
      })
  void a_script_that_begins_or_ends_a_transaction_lands_nothing(String sql) throws Exception {
    Path file = strangersFile();
    byte[] before = Files.readAllBytes(file);
    script("V1__a.sql", "CREATE TABLE a (x); " + sql + "; CREATE TABLE b (x);");

    assertThatExceptionOfType(StoreException.class).isThrownBy(() -> open(file).close());

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    script("V1__a.sql", "CREATE TABLE a (x);");
    open(file).close();
    assertThat(PlainSqlite.rows(file, "SELECT * FROM a")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SAVEPOINT s; INSERT INTO a VALUES (1); ROLLBACK TO s; RELEASE s",
        "SAVEPOINT s; ROLLBACK TRANSACTION TO SAVEPOINT s; RELEASE s",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; END",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO a VALUES ('COMMIT;'); END",
        "INSERT INTO a VALUES ('; COMMIT;'); INSERT INTO a VALUES ('it''s; END;')",
        "CREATE TABLE \"COMMIT\" (\"END;\" TEXT, [BEGIN;] TEXT, `ROLLBACK;` TEXT)",
      })
  void a_script_may_use_savepoints_triggers_and_any_text(String sql) throws Exception {
    Path file = dir.resolve("a.db");
    script("V1__a.sql", "CREATE TABLE a (x);\n" + sql + ";\nCREATE TABLE b (x);");

    assertThatCode(() -> open(file).close()).doesNotThrowAnyException();

    assertThat(PlainSqlite.rows(file, "SELECT * FROM b")).isEmpty();
  }

  static Stream<String> ways() {
    return StreamSupport.stream(V2__Meddle.ways().spliterator(), false)
        .filter(way -> !way.equals("past the guard"));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_migration_in_java_that_ends_the_transaction_lands_nothing(String way) throws Exception {
    Path file = strangersFile();
    byte[] before = Files.readAllBytes(file);
    script("V1__way.sql", "CREATE TABLE way (name UNIQUE); INSERT INTO way VALUES ('" + name(way));

    assertThatExceptionOfType(StoreException.class).isThrownBy(() -> openWithJava(file).close());

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void a_migration_in_java_that_behaves_lands_with_the_rest() throws Exception {
    Path file = strangersFile();
    script("V1__way.sql", "CREATE TABLE way (name UNIQUE); INSERT INTO way VALUES ('none');");

    openWithJava(file).close();

    assertThat(PlainSqlite.rows(file, "SELECT * FROM behind")).isEmpty();
  }

  @Test
  void a_commit_past_the_guard_is_told_and_nothing_runs_after_it() throws Exception {
    Path file = strangersFile();
    script("V1__way.sql", "CREATE TABLE way (name); INSERT INTO way VALUES ('past the guard');");

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> openWithJava(file).close())
        .withMessageContaining("committed");

    assertThat(PlainSqlite.rows(file, "SELECT name FROM sqlite_schema WHERE name = 'behind'"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE NONSENSE",
        "INSERT INTO nowhere VALUES (1)",
        "VACUUM",
        "INSERT OR ROLLBACK INTO u VALUES (1)",
        "PRAGMA journal_mode = WAL",
      })
  void a_script_that_fails_leaves_a_strangers_file_as_it_was(String sql) throws Exception {
    for (String mode : List.of("DELETE", "PERSIST", "TRUNCATE", "WAL")) {
      Path file = strangersFile(mode);
      byte[] before = Files.readAllBytes(file);
      script(
          "V1__a.sql",
          "CREATE TABLE u (x UNIQUE); INSERT INTO u VALUES (1); " + sql + "; CREATE NONSENSE;");

      assertThatExceptionOfType(StoreException.class).isThrownBy(() -> open(file).close());

      assertThat(Files.readAllBytes(file)).as(mode).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO nowhere VALUES (1)",
        "INSERT OR ROLLBACK INTO u VALUES (1)",
      })
  void what_a_script_failed_with_is_told(String sql) throws Exception {
    script("V1__a.sql", "CREATE TABLE u (x UNIQUE); INSERT INTO u VALUES (1); " + sql + ";");
    String reason = sql.contains("nowhere") ? "nowhere" : "UNIQUE";

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> open(dir.resolve("a.db")).close())
        .withMessageContaining(reason);
  }

  @Test
  void a_script_that_fails_in_a_new_file_leaves_it_empty_and_the_next_open_takes_it()
      throws Exception {
    Path file = dir.resolve("new.db");
    script("V1__a.sql", "CREATE TABLE a (x); CREATE NONSENSE;");

    assertThatExceptionOfType(StoreException.class).isThrownBy(() -> open(file).close());

    assertThat(file).isEmptyFile();
    script("V1__a.sql", "CREATE TABLE a (x);");
    open(file).close();
    assertThat(PlainSqlite.row(file, "PRAGMA journal_mode")).isEqualTo("wal");
  }

  @Test
  void what_a_script_sets_on_its_connection_does_not_reach_the_store() throws Exception {
    script(
        "V1__a.sql",
        """
        CREATE TABLE a (x CHECK (x > 0));
        CREATE TEMP TABLE belay_session_state (x);
        PRAGMA ignore_check_constraints = ON;
        PRAGMA query_only = OFF;
        """);
    try (Belay belay = open(dir.resolve("a.db"))) {
      assertThat(
              belay
                  .tx()
                  .<Integer, RuntimeException>read(
                      tx ->
                          tx.handle()
                              .createQuery("SELECT count(*) FROM sqlite_temp_schema")
                              .mapTo(Integer.class)
                              .one()))
          .isZero();
      assertThatExceptionOfType(org.jdbi.v3.core.JdbiException.class)
          .isThrownBy(() -> belay.useWrite(tx -> tx.handle().execute("INSERT INTO a VALUES (-1)")));
    }
  }

  private static String name(String way) {
    return way.replace("'", "''") + "');";
  }

  private Path strangersFile() throws Exception {
    return strangersFile("DELETE");
  }

  private Path strangersFile(String journalMode) throws Exception {
    Path file = dir.resolve("stranger-" + journalMode + ".db");
    Files.deleteIfExists(file);
    PlainSqlite.execute(
        file, "PRAGMA journal_mode = " + journalMode, "CREATE TABLE host (id INTEGER PRIMARY KEY)");
    return file;
  }

  private Belay open(Path file) {
    return Belay.open(
        file, TestOptions.defaults().withAppMigrations("filesystem:" + dir.resolve("scripts")));
  }

  private Belay openWithJava(Path file) {
    return Belay.open(
        file,
        TestOptions.defaults()
            .withAppMigrations(
                "filesystem:" + dir.resolve("scripts"), "classpath:dev/belay/sqlite/meddling"));
  }

  private void script(String name, String sql) throws Exception {
    Files.createDirectories(dir.resolve("scripts"));
    Files.writeString(dir.resolve("scripts").resolve(name), sql);
  }
}
