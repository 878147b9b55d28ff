package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.store.StoreException;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host's own migrations beside Belay's, in the same file. */
class AppMigrationsTest {
  @TempDir Path dir;

  @Test
  void they_run_after_belays_with_a_history_of_their_own() throws Exception {
    Path file = dir.resolve("belay.db");
    migrations("V1__host.sql", "CREATE TABLE host (id INTEGER PRIMARY KEY) STRICT;");
    for (int i = 0; i < 2; i++) {
      open(file).close();
    }

    assertThat(
            PlainSqlite.rows(file, "SELECT script FROM flyway_schema_history WHERE type = 'SQL'"))
        .containsExactly("V1__host.sql");
    assertThat(PlainSqlite.rows(file, "SELECT script FROM belay_schema_history WHERE type = 'SQL'"))
        .contains("V1__sessions.sql")
        .doesNotContain("V1__host.sql");
  }

  @Test
  void a_host_may_keep_them_where_every_flyway_looks() throws Exception {
    Path file = dir.resolve("belay.db");
    BelayOptions options = TestOptions.defaults().withAppMigrations("classpath:db/migration");
    for (int i = 0; i < 2; i++) {
      Belay.open(file, options).close();
    }

    assertThat(
            PlainSqlite.rows(file, "SELECT script FROM flyway_schema_history WHERE type = 'SQL'"))
        .containsExactly("V1__host.sql");
    assertThat(PlainSqlite.rows(file, "SELECT count(*) FROM host_note")).containsExactly("0");
  }

  @Test
  void without_being_asked_belay_leaves_them_alone() throws Exception {
    Path file = dir.resolve("belay.db");
    Belay.open(file, TestOptions.defaults()).close();

    assertThat(PlainSqlite.rows(file, "SELECT name FROM sqlite_schema WHERE name = 'host_note'"))
        .isEmpty();
  }

  @Test
  void one_that_fails_leaves_the_file_as_it_was() throws Exception {
    Path file = dir.resolve("belay.db");
    migrations("V1__host.sql", "CREATE TABLE host (id INTEGER PRIMARY KEY) STRICT;");
    open(file).close();
    byte[] before = Files.readAllBytes(file);
    migrations("V2__good.sql", "CREATE TABLE good (id INTEGER PRIMARY KEY) STRICT;");
    migrations("V3__bad.sql", "INSERT INTO host VALUES (1); CREATE NONSENSE;");

    assertThatExceptionOfType(StoreException.class).isThrownBy(() -> open(file).close());

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    Files.delete(dir.resolve("migrations/V3__bad.sql"));
    open(file).close();
    assertThat(PlainSqlite.rows(file, "SELECT id FROM good")).isEmpty();
  }

  @Test
  void a_table_that_is_rebuilt_keeps_the_rows_that_refer_to_it() throws Exception {
    Path file = dir.resolve("belay.db");
    migrations(
        "V1__host.sql",
        """
        CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE) STRICT;
        INSERT INTO parent VALUES (1);
        INSERT INTO child VALUES (1);
        """);
    open(file).close();
    migrations(
        "V2__rebuild.sql",
        """
        CREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT) STRICT;
        INSERT INTO parent_new (id) SELECT id FROM parent;
        DROP TABLE parent;
        ALTER TABLE parent_new RENAME TO parent;
        """);

    open(file).close();

    assertThat(PlainSqlite.rows(file, "SELECT parent FROM child")).containsExactly("1");
  }

  @Test
  void one_that_leaves_a_dangling_reference_is_undone() throws Exception {
    Path file = dir.resolve("belay.db");
    migrations(
        "V1__host.sql",
        """
        CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent (id)) STRICT;
        INSERT INTO child VALUES (4711);
        """);

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> open(file).close())
        .withMessageContaining("child");
    assertThat(PlainSqlite.rows(file, "SELECT 1 FROM sqlite_schema WHERE name = 'child'"))
        .isEmpty();
  }

  @Test
  void one_that_this_program_does_not_know_is_refused() throws Exception {
    Path file = dir.resolve("belay.db");
    migrations("V1__host.sql", "CREATE TABLE host (id INTEGER PRIMARY KEY) STRICT;");
    migrations("V2__newer.sql", "CREATE TABLE newer (id INTEGER PRIMARY KEY) STRICT;");
    open(file).close();
    Files.delete(dir.resolve("migrations/V2__newer.sql"));

    assertThatExceptionOfType(StoreException.class).isThrownBy(() -> open(file).close());
  }

  @Test
  void foreign_keys_are_enforced_afterwards() throws Exception {
    migrations(
        "V1__host.sql",
        """
        CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent (id)) STRICT;
        """);
    try (Belay belay = open(dir.resolve("belay.db"))) {
      assertThatExceptionOfType(org.jdbi.v3.core.JdbiException.class)
          .isThrownBy(
              () -> belay.useWrite(tx -> tx.handle().execute("INSERT INTO child VALUES (1)")));
    }
  }

  private Belay open(Path file) {
    return Belay.open(
        file, TestOptions.defaults().withAppMigrations("filesystem:" + dir.resolve("migrations")));
  }

  private void migrations(String name, String sql) throws Exception {
    Files.createDirectories(dir.resolve("migrations"));
    Files.writeString(dir.resolve("migrations").resolve(name), sql);
  }
}
