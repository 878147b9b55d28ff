package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.store.StoreException;
import dev.belay.store.StoreInterruptedException;
import dev.belay.store.StoreReadOnlyException;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.flywaydb.core.api.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteConnection;

/**
 * Goal: an open that is refused has changed nothing, and one that succeeded migrates no more.
 * Method: refusals of each kind, on a file that is not there, on an empty one and on a stranger's.
 */
class OpeningTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "filesystem:%s/missing",
        "filesystem:%s/empty",
        "filesystem:%s/misnamed",
        "classpath:no/such/folder",
        "classpath:dev/belay/queue",
        "no/such/folder",
      })
  void a_location_without_migrations_is_refused_by_name(String pattern) throws Exception {
    String location = pattern.formatted(dir);
    Files.createDirectories(dir.resolve("empty"));
    script("misnamed", "V1_one_underscore.sql", "CREATE TABLE a (x)");
    script("good", "V1__good.sql", "CREATE TABLE good (x)");
    String good = "filesystem:" + dir.resolve("good");

    for (String[] locations : new String[][] {{location}, {good, location}, {location, good}}) {
      BelayOptions options = TestOptions.defaults().withAppMigrations(locations);
      assertRefusedEverywhere(options, location);
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> Belay.openInMemory(options).close())
          .withMessageContaining(location);
    }
  }

  @Test
  void a_store_names_its_database_and_its_file() {
    Path file = dir.resolve("a.db");
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      assertThat(belay.stats().engine().name()).isEqualTo("SQLite");
      assertThat(belay.stats().engine().location()).isEqualTo(file.toAbsolutePath().toString());
    }
  }

  @Test
  void scripts_that_flyway_cannot_order_are_refused_before_there_is_a_file() throws Exception {
    script("twice", "V1__a.sql", "CREATE TABLE a (x)");
    script("twice", "V1__b.sql", "CREATE TABLE b (x)");

    assertRefusedEverywhere(
        TestOptions.defaults().withAppMigrations("filesystem:" + dir.resolve("twice")), "version");
  }

  @Test
  void settings_of_jdbi_that_fail_leave_no_file_behind() {
    BelayOptions options =
        TestOptions.defaults()
            .withJdbi(
                jdbi -> {
                  throw new IllegalStateException("no such plugin");
                });

    assertThatIllegalStateException().isThrownBy(() -> Belay.open(dir.resolve("a.db"), options));

    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void an_interrupted_thread_leaves_no_file_behind() {
    Thread.currentThread().interrupt();
    try {
      assertThatExceptionOfType(StoreInterruptedException.class)
          .isThrownBy(() -> Belay.open(dir.resolve("a.db"), TestOptions.defaults()));
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }

    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void an_index_of_a_log_without_its_log_is_refused_and_no_file_is_made() throws Exception {
    Path index = Files.write(dir.resolve("a.db-shm"), new byte[32_768]);

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Belay.open(dir.resolve("a.db"), TestOptions.defaults()))
        .withMessageContaining("-wal");

    assertThat(dir).isDirectoryNotContaining(file -> !file.equals(index));
  }

  @Test
  void a_history_of_the_application_that_does_not_fit_is_refused_and_nothing_is_migrated()
      throws Exception {
    script("one", "V1__a.sql", "CREATE TABLE a (x)");
    script("one", "V2__b.sql", "CREATE TABLE b (x)");
    Path file = dir.resolve("host.db");
    org.flywaydb.core.Flyway.configure()
        .dataSource("jdbc:sqlite:" + file, null, null)
        .locations("filesystem:" + dir.resolve("one"))
        .load()
        .migrate();
    script("other", "V1__a.sql", "CREATE TABLE a (y)");
    script("other", "V2__b.sql", "CREATE TABLE b (x)");
    script("fewer", "V1__a.sql", "CREATE TABLE a (x)");
    script("between", "V1__a.sql", "CREATE TABLE a (x)");
    script("between", "V1.5__c.sql", "CREATE TABLE c (x)");
    script("between", "V2__b.sql", "CREATE TABLE b (x)");

    for (String folder : List.of("other", "fewer", "between")) {
      // also with another one pending
      for (boolean pending : new boolean[] {false, true}) {
        if (pending) {
          script(folder, "V3__d.sql", "CREATE TABLE d (x)");
        }
        assertRefused(
            file,
            TestOptions.defaults().withAppMigrations("filesystem:" + dir.resolve(folder)),
            "history");
      }
    }
    script("one", "R__view.sql", "CREATE VIEW v AS SELECT 1");
    BelayOptions fits =
        TestOptions.defaults().withAppMigrations("filesystem:" + dir.resolve("one"));
    Belay.open(file, fits).close();
    script("one", "R__view.sql", "DROP VIEW v; CREATE VIEW v AS SELECT 2");
    Belay.open(file, fits).close();
    assertThat(PlainSqlite.row(file, "SELECT * FROM v")).isEqualTo("2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16le", "UTF-16be"})
  void a_file_in_another_encoding_is_refused_by_name(String encoding) throws Exception {
    Path file = dir.resolve("wide.db");
    PlainSqlite.execute(file, "PRAGMA encoding = '" + encoding + "'", "CREATE TABLE host (x)");

    assertRefused(file, TestOptions.defaults(), "UTF-16");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Belay.openReadOnly(file))
        .withMessageContaining("UTF-16");
  }

  @Test
  void a_hot_rollback_journal_is_told_with_what_to_do() throws Exception {
    Path file = dir.resolve("belay.db");
    Belay.open(file, TestOptions.defaults()).close();
    PlainSqlite.execute(file, "PRAGMA journal_mode = DELETE", "CREATE TABLE big (x)");
    Path copy = dir.resolve("copy.db");
    try (Connection dying = PlainSqlite.connect(file)) {
      PlainSqlite.execute(
          dying,
          "PRAGMA cache_size = 1",
          "PRAGMA cache_spill = 1",
          "BEGIN IMMEDIATE",
          "INSERT INTO big WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
              + " WHERE i < 2000) SELECT randomblob(1000) FROM n");
      Files.copy(file, copy);
      Files.copy(dir.resolve("belay.db-journal"), dir.resolve("copy.db-journal"));
    }

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Belay.openReadOnly(copy).close())
        .withMessageContaining("open it for writing once")
        .withMessageContaining(copy.toString())
        .isNotInstanceOf(StoreReadOnlyException.class);

    Belay.open(copy, TestOptions.defaults()).close();
    Belay.openReadOnly(copy).close();
    assertThat(PlainSqlite.row(copy, "SELECT count(*) FROM big")).isEqualTo("0");
  }

  @Test
  void a_connection_that_is_replaced_runs_no_migration_whatever_the_thread_or_the_folder_has()
      throws Exception {
    Path folder = dir.resolve("jar");
    script("jar/app", "V1__a.sql", "CREATE TABLE app (x)");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      try (Belay belay =
          Belay.open(
              dir.resolve("a.db"), TestOptions.defaults().withAppMigrations("classpath:app"))) {
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        script("jar/app", "V2__b.sql", "DROP TABLE app");
        for (int i = 0; i < 3; i++) {
          loseConnection(belay);
          belay.useWrite(tx -> tx.handle().execute("INSERT INTO app VALUES (1)"));
        }
        loseConnection(belay);
        belay.tx().writeAsync(tx -> tx.handle().execute("INSERT INTO app VALUES (1)")).get();
      }
    } finally {
      thread.setContextClassLoader(before);
    }
    assertThat(PlainSqlite.row(dir.resolve("a.db"), "SELECT count(*) FROM app")).isEqualTo("4");
  }

  @Test
  void opening_logs_nothing_of_belays_own_migrations_and_leaves_flyways_log_alone() {
    List<String> host = new ArrayList<>();
    List<LogRecord> records = new ArrayList<>();
    Handler handler = collector(records);
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    LogFactory.setLogCreator(type -> new HostLog(host));
    try {
      Belay.open(dir.resolve("quiet.db"), TestOptions.defaults()).close();
      Belay.openInMemory(TestOptions.defaults()).close();
      LogFactory.getLog(OpeningTest.class).info("of the host");
    } finally {
      LogFactory.setLogCreator(null);
      root.removeHandler(handler);
    }

    assertThat(host).containsExactly("of the host");
    assertThat(records)
        .extracting(record -> record.getLoggerName() + ": " + record.getMessage())
        .filteredOn(line -> line.contains("flyway") || line.contains("migrat"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE p (a, b); CREATE TABLE c (x REFERENCES p (a)); INSERT INTO c VALUES (1)",
        "CREATE TABLE p (a, b, PRIMARY KEY (a, b)); CREATE TABLE c (x REFERENCES p);"
            + " INSERT INTO c VALUES (1)",
        "CREATE TABLE c (x REFERENCES nowhere (a)); INSERT INTO c VALUES (1)",
        "CREATE TABLE p (a PRIMARY KEY); CREATE TABLE c (x REFERENCES p);"
            + " INSERT INTO c VALUES (1), (1), (NULL), ('it''s')",
        "CREATE TABLE p (a, b, PRIMARY KEY (a, b)); CREATE TABLE \"c \"\"'\" (\"x \"\"'\", y,"
            + " FOREIGN KEY (\"x \"\"'\", y) REFERENCES p); INSERT INTO \"c \"\"'\" VALUES (1, 2)",
        "CREATE TABLE p (a PRIMARY KEY); CREATE TABLE c (x PRIMARY KEY REFERENCES p)"
            + " WITHOUT ROWID; INSERT INTO c VALUES (1), (2)",
      })
  void what_was_broken_before_is_not_the_migrations_doing(String sql) throws Exception {
    Path file = dir.resolve("host.db");
    PlainSqlite.execute(file, sql.split("; *"));
    script("app", "V1__a.sql", "CREATE TABLE app (x)");
    BelayOptions options =
        TestOptions.defaults().withAppMigrations("filesystem:" + dir.resolve("app"));

    assertThatCode(() -> Belay.open(file, TestOptions.defaults()).close())
        .doesNotThrowAnyException();
    assertThatCode(() -> Belay.open(file, options).close()).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE new_c (k INTEGER PRIMARY KEY, x REFERENCES p);"
            + " INSERT INTO new_c (x) SELECT x FROM c; DROP TABLE c;"
            + " ALTER TABLE new_c RENAME TO c",
        "ALTER TABLE c RENAME TO child",
        "ALTER TABLE c RENAME COLUMN x TO y",
        "DELETE FROM c",
        "INSERT INTO p VALUES (1)",
      })
  void old_orphans_may_move_with_their_table(String migration) throws Exception {
    Path file = fileWithOrphan();
    script("app", "V1__a.sql", migration + ";");

    assertThatCode(() -> openApp(file).close()).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO c VALUES (2)",
        "INSERT INTO c VALUES (1)",
        "UPDATE c SET x = 3",
        "DELETE FROM p",
        "CREATE TABLE d (x REFERENCES p); INSERT INTO d VALUES (1)",
        "CREATE TABLE d (x REFERENCES c (x))",
        "INSERT INTO belay_session_state VALUES (7, '')",
      })
  void new_orphans_are_refused_beside_old_ones(String migration) throws Exception {
    Path file = fileWithOrphan();
    byte[] before = Files.readAllBytes(file);
    script("app", "V1__a.sql", migration + ";");

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> openApp(file).close())
        .withMessageContaining("after the");

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  private Path fileWithOrphan() throws Exception {
    Path file = dir.resolve("host.db");
    PlainSqlite.execute(
        file,
        "CREATE TABLE p (a PRIMARY KEY)",
        "INSERT INTO p VALUES (8)",
        "CREATE TABLE c (x REFERENCES p)",
        "INSERT INTO c VALUES (0), (1), (8)",
        "DELETE FROM c WHERE x = 0");
    return file;
  }

  private Belay openApp(Path file) {
    return Belay.open(
        file, TestOptions.defaults().withAppMigrations("filesystem:" + dir.resolve("app")));
  }

  private void assertRefusedEverywhere(BelayOptions options, String reason) throws Exception {
    Path missing = dir.resolve("missing.db");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Belay.open(missing, options).close())
        .withMessageContaining(reason);
    assertThat(missing).doesNotExist();

    Path empty = dir.resolve("empty.db");
    Files.write(empty, new byte[0]);
    assertRefused(empty, options, reason);

    Path host = dir.resolve("host.db");
    Files.deleteIfExists(host);
    PlainSqlite.execute(host, "CREATE TABLE host (x)");
    assertRefused(host, options, reason);
  }

  private static void assertRefused(Path file, BelayOptions options, String reason)
      throws Exception {
    byte[] before = Files.readAllBytes(file);

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Belay.open(file, options).close())
        .withMessageContaining(reason);

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  private static void loseConnection(Belay belay) {
    assertThatCode(
            () ->
                belay.useWrite(
                    tx -> tx.handle().getConnection().unwrap(SQLiteConnection.class).close()))
        .isNotNull();
  }

  private static Handler collector(List<LogRecord> records) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        if (record.getLevel().intValue() >= Level.INFO.intValue()) {
          records.add(record);
        }
      }

      @Override
      public void flush() {
        // nothing is kept back
      }

      @Override
      public void close() {
        // nothing is open
      }
    };
  }

  private record HostLog(List<String> lines) implements org.flywaydb.core.api.logging.Log {
    @Override
    public void debug(String message) {
      lines.add(message);
    }

    @Override
    public void info(String message) {
      lines.add(message);
    }

    @Override
    public void warn(String message) {
      lines.add(message);
    }

    @Override
    public void error(String message) {
      lines.add(message);
    }

    @Override
    public void error(String message, Exception e) {
      lines.add(message);
    }

    @Override
    public void notice(String message) {
      lines.add(message);
    }
  }

  private void script(String folder, String name, String sql) throws Exception {
    Files.createDirectories(dir.resolve(folder));
    Files.writeString(dir.resolve(folder).resolve(name), sql);
  }
}
