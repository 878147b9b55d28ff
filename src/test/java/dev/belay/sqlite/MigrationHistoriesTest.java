package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.store.StoreException;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: migrations of several origins stand beside each other in one file, as if each had a file of
 * its own. Method: histories with the same versions, in names that might meet.
 */
class MigrationHistoriesTest {
  @TempDir Path folder;
  private final BelayOptions none = TestOptions.defaults();

  @Test
  void each_has_its_own_versions_and_its_own_table() throws Exception {
    BelayOptions options =
        none.withAppMigrations(script("host", "V1__host.sql", "CREATE TABLE host (x) "))
            .withMigrations("mail", script("mail", "V1__mail.sql", "CREATE TABLE mail (x)"))
            .withMigrations("chat", script("chat", "V1__chat.sql", "CREATE TABLE chat (x)"));
    for (int i = 0; i < 2; i++) {
      Belay.open(file(), options).close();
    }

    assertThat(scripts("flyway_schema_history")).containsExactly("V1__host.sql");
    assertThat(scripts("flyway_schema_mail_history")).containsExactly("V1__mail.sql");
    assertThat(scripts("flyway_schema_chat_history")).containsExactly("V1__chat.sql");
    assertThat(tables("host", "mail", "chat")).hasSize(3);
  }

  @Test
  void names_that_might_meet_do_not() throws Exception {
    List<String> names =
        List.of("app", "a", "a_s_idx", "s_idx", "history", "a_history", "schema", "belay", "z9_");
    BelayOptions options = none;
    for (String name : names) {
      String sql = "CREATE TABLE of_" + name + " (x)";
      options = options.withMigrations(name, script(name, "V1__it.sql", sql));
    }
    for (int i = 0; i < 2; i++) {
      Belay.open(file(), options).close();
    }

    assertThat(names).allSatisfy(name -> assertThat(tables("of_" + name)).hasSize(1));
  }

  @Test
  void the_longest_name_is_a_name_and_what_is_none_is_refused_by_name() throws Exception {
    String longest = "m".repeat(BelayOptions.MIGRATIONS_NAME_MAX);
    String location = script("it", "V1__it.sql", "CREATE TABLE it (x)");
    Belay.open(file(), none.withMigrations(longest, location)).close();
    assertThat(scripts("flyway_schema_" + longest + "_history")).hasSize(1);

    for (String name :
        List.of(longest + "m", "", " ", "A", "1a", "_a", "a b", "a-b", "a\"b", "a'b", "a;b", "ä")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> none.withMigrations(name, location))
          .withMessageContaining(": " + name);
    }
  }

  @Test
  void no_location_a_blank_one_and_one_without_migrations_are_refused_by_name() throws Exception {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.withMigrations("mail"))
        .withMessageContaining("'mail'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.withAppMigrations())
        .withMessageContaining("'app'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.withMigrations("mail", "classpath:mail", " "))
        .withMessageContaining("'mail'");
    Files.createDirectories(folder.resolve("empty"));
    String empty = "filesystem:" + folder.resolve("empty");
    String good = script("host", "V1__host.sql", "CREATE TABLE host (x)");

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(
            () ->
                Belay.open(file(), none.withAppMigrations(good).withMigrations("mail", empty))
                    .close())
        .withMessageContaining("'mail'")
        .withMessageContaining(empty);
    assertThat(file()).doesNotExist();
  }

  @Test
  void they_run_in_the_order_in_which_they_were_named_and_land_together() throws Exception {
    String parent = script("parent", "V1__p.sql", "CREATE TABLE parent (id INTEGER PRIMARY KEY)");
    String child =
        script("child", "V1__c.sql", "CREATE TABLE child AS SELECT id AS parent FROM parent");
    String bad = script("bad", "V1__bad.sql", "CREATE TABLE bad (x); CREATE NONSENSE");
    BelayOptions two = none.withMigrations("z", parent).withMigrations("a", child);

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Belay.open(file(), two.withMigrations("m", bad)).close())
        .withMessageContaining("'m'");
    assertThat(Files.size(file())).isZero();

    Belay.open(file(), two).close();
    assertThat(tables("parent", "child")).hasSize(2);
  }

  @Test
  void one_that_comes_later_migrates_alone_and_naming_it_again_replaces_its_locations()
      throws Exception {
    String mail = script("mail", "V1__mail.sql", "CREATE TABLE mail (x)");
    Belay.open(file(), none.withMigrations("mail", mail)).close();
    byte[] before = Files.readAllBytes(file());
    Belay.open(file(), none.withMigrations("mail", "classpath:no").withMigrations("mail", mail))
        .close();
    assertThat(Files.readAllBytes(file())).isEqualTo(before);

    String chat = script("chat", "V1__chat.sql", "CREATE TABLE chat (x)");
    Belay.open(file(), none.withMigrations("chat", chat)).close();
    assertThat(scripts("flyway_schema_mail_history")).hasSize(1);
    assertThat(scripts("flyway_schema_chat_history")).hasSize(1);
  }

  @Test
  void a_history_that_does_not_fit_is_named_whatever_the_others_are() throws Exception {
    String host = script("host", "V1__host.sql", "CREATE TABLE host (x)");
    String mail = script("mail", "V1__mail.sql", "CREATE TABLE mail (x)");
    BelayOptions both = none.withAppMigrations(host).withMigrations("mail", mail);
    Belay.open(file(), both).close();
    String edited = script("mail", "V1__mail.sql", "CREATE TABLE mail (x, y)");
    assertThat(edited).isEqualTo(mail);
    byte[] before = Files.readAllBytes(file());

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Belay.open(file(), both).close())
        .withMessageContaining("'mail'");
    assertThat(Files.readAllBytes(file())).isEqualTo(before);
  }

  @Test
  void a_store_in_memory_has_them_too() throws Exception {
    String mail = script("mail", "V1__mail.sql", "CREATE TABLE mail (x)");
    try (Belay belay = Belay.openInMemory(none.withMigrations("mail", mail))) {
      belay.useWrite(tx -> tx.handle().execute("INSERT INTO mail VALUES (1)"));
    }
  }

  private Path file() {
    return folder.resolve("a.db");
  }

  private String script(String history, String name, String sql) throws Exception {
    Path scripts = folder.resolve("scripts-" + history);
    Files.createDirectories(scripts);
    Files.writeString(scripts.resolve(name), sql + ";");
    return "filesystem:" + scripts;
  }

  private List<String> scripts(String table) throws SQLException {
    return PlainSqlite.rows(file(), "SELECT script FROM " + table + " WHERE type = 'SQL'");
  }

  private List<String> tables(String... names) {
    try {
      return PlainSqlite.rows(
          file(),
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('"
              + String.join("', '", names)
              + "')");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
