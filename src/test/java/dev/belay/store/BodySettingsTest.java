package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.testing.Checked;
import dev.belay.testing.Notes;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Goal: what a body sets on its connection ends with the body: durability, foreign keys, checks,
 * locking, temporary tables, attached databases. Method: each is set in a {@code write}, a {@code
 * read} and a {@code call}, by JDBI and by raw JDBC; then every setting is read back in the kinds
 * of body that come after, and its effect is tried. In memory they are refused.
 */
@NullUnmarked // set up before each test
class BodySettingsTest {
  /** Statements that change the connection, and so are refused in memory. */
  static final List<String> SETTINGS =
      List.of(
          "PRAGMA query_only = ON",
          "PRAGMA locking_mode = EXCLUSIVE",
          "PRAGMA ignore_check_constraints = ON",
          "PRAGMA busy_timeout = 3000",
          "PRAGMA recursive_triggers = ON",
          "PRAGMA reverse_unordered_selects = ON",
          "PRAGMA writable_schema = ON",
          "PRAGMA legacy_alter_table = ON",
          "PRAGMA wal_autocheckpoint = 7",
          "PRAGMA cache_size = 77",
          "PRAGMA temp_store = MEMORY",
          "PRAGMA foreign_keys = OFF",
          "PRAGMA synchronous = OFF",
          "PRAGMA main.synchronous(0)",
          "pragma case_sensitive_like = true",
          "PRAGMA mmap_size = 1048576",
          "PRAGMA trusted_schema = OFF",
          "PRAGMA cell_size_check = ON",
          "PRAGMA read_uncommitted = ON",
          "PRAGMA cache_spill = OFF",
          "/* why not */ PRAGMA defer_foreign_keys = ON",
          "CREATE TEMP TABLE belay_session_state (a)",
          "CREATE TEMPORARY TABLE note (id INTEGER PRIMARY KEY, text)",
          "CREATE TABLE temp.belay_counter (name, value)",
          "CREATE TEMP VIEW belay_session AS SELECT 1 AS id",
          """
          CREATE TEMP TRIGGER spy AFTER INSERT ON main.note
          BEGIN DELETE FROM note; END""",
          "ATTACH ':memory:' AS other");

  static final List<String> ASKED =
      List.of(
          "query_only",
          "locking_mode",
          "ignore_check_constraints",
          "busy_timeout",
          "recursive_triggers",
          "reverse_unordered_selects",
          "writable_schema",
          "legacy_alter_table",
          "wal_autocheckpoint",
          "cache_size",
          "temp_store",
          "foreign_keys",
          "synchronous",
          "journal_mode",
          "mmap_size",
          "trusted_schema",
          "cell_size_check",
          "read_uncommitted",
          "cache_spill",
          "defer_foreign_keys",
          "database_list");

  @RegisterExtension
  final StoreExtension store =
      StoreExtension.on(SqliteEngine.FILE)
          .with(options -> options.withDurability(Durability.POWER_LOSS))
          .with(options -> options.withBusyTimeout(Duration.ofSeconds(2)));

  private Path file;
  private Belay belay;

  @BeforeEach
  void open() {
    file = Path.of(store.address());
    belay = store.belay();
    SqliteNotes.create(belay);
  }

  @Test
  void what_would_stay_in_the_library_for_every_store_is_refused_in_every_body() {
    for (String sql :
        List.of(
            "PRAGMA temp_store_directory = '/tmp'",
            "PRAGMA main.temp_store_directory('/tmp')",
            "PRAGMA data_store_directory = '/tmp'",
            "PRAGMA soft_heap_limit = 9000000",
            "EXPLAIN PRAGMA soft_heap_limit(9000000)",
            "pragma hard_heap_limit=9000000")) {
      for (TxBody<Integer, RuntimeException> body :
          List.<TxBody<Integer, RuntimeException>>of(
              tx -> tx.handle().execute(sql),
              tx -> tx.handle().createScript("SELECT 1; " + sql).execute().length)) {
        for (Runnable verb :
            List.<Runnable>of(
                () -> belay.write(body), () -> belay.read(body), () -> belay.tx().call(body))) {
          assertThatIllegalArgumentException()
              .as(sql)
              .isThrownBy(verb::run)
              .withMessageContaining("every store of this process");
        }
      }
    }
    assertThat(setting("PRAGMA soft_heap_limit")).isEqualTo("0");
    assertThat(setting("PRAGMA hard_heap_limit")).isEqualTo("0");
  }

  private String setting(String sql) {
    return belay.read(tx -> tx.handle().createQuery(sql).mapTo(String.class).one());
  }

  @ParameterizedTest
  @FieldSource("SETTINGS")
  void what_a_write_sets_on_its_connection_ends_with_it(String sql) throws Exception {
    requireUnchanged(sql, () -> belay.useWrite(tx -> tx.handle().execute(sql)));
    requireUnchanged(sql, () -> belay.useWrite(tx -> raw(tx, sql)));
    requireUnchanged(
        sql, () -> belay.useWrite(tx -> tx.handle().createScript(sql + "; SELECT 1").execute()));
    requireUnchanged(
        sql,
        () ->
            belay
                .tx()
                .<Integer, RuntimeException>writeFlow(
                    tx -> TxOutcome.rollback(tx.handle().execute(sql))));
  }

  @ParameterizedTest
  @FieldSource("SETTINGS")
  void what_a_call_sets_on_its_connection_ends_with_it(String sql) throws Exception {
    requireUnchanged(sql, () -> belay.tx().call(tx -> tx.handle().execute(sql)));
    requireUnchanged(sql, () -> belay.tx().<Boolean, SQLException>call(tx -> raw(tx, sql)));
  }

  @ParameterizedTest
  @FieldSource("SETTINGS")
  void what_a_read_sets_on_its_connection_ends_with_it(String sql) throws Exception {
    requireUnchanged(sql, () -> belay.useRead(tx -> tx.handle().execute(sql)));
    requireUnchanged(sql, () -> belay.useRead(tx -> raw(tx, sql)));
  }

  @Test
  void a_call_cannot_take_the_file_out_of_its_journal_mode_for_others() throws Exception {
    requireUnchanged(
        "journal_mode",
        () -> belay.tx().call(tx -> tx.handle().execute("PRAGMA journal_mode=DELETE")));
  }

  @Test
  void a_check_that_one_body_ignores_holds_for_the_next() {
    belay.useWrite(tx -> tx.handle().execute("PRAGMA ignore_check_constraints = ON"));

    Throwable refused =
        catchThrowable(
            () ->
                belay.useWrite(
                    tx ->
                        tx.handle()
                            .execute(
                                "INSERT INTO belay_counter (name, value) VALUES ('bad', -5)")));

    assertThat(refused).hasStackTraceContaining("CHECK");
  }

  @Test
  void a_table_of_rows_is_no_setting_and_costs_nothing() {
    belay.useWrite(tx -> tx.handle().execute("CREATE TABLE temporary_things (a)"));
    belay.useWrite(tx -> tx.handle().execute("INSERT INTO temporary_things VALUES (1)"));

    Integer version =
        belay
            .tx()
            .<Integer, RuntimeException>write(
                tx -> {
                  tx.handle().execute("PRAGMA user_version = 7");
                  return tx.handle().createQuery("PRAGMA user_version").mapTo(Integer.class).one();
                });

    assertThat(version).isEqualTo(7);
    new Checked(belay, () -> PlainSqlite.patient(file)).requireServing("user_version");
  }

  static Stream<String> settings_and_ways_to_hide_them() {
    return Stream.concat(
        SETTINGS.stream(),
        Stream.of(
            "-- a comment\nPRAGMA foreign_keys = OFF",
            ";PRAGMA foreign_keys = OFF",
            "\uFEFFPRAGMA foreign_keys = OFF",
            "PRAGMA foreign_keys(OFF)",
            "PRAGMA/**/foreign_keys=0",
            "PRAGMA \"main\".synchronous = 0",
            "CREATE/* */TEMP/* */TABLE t (a)",
            "CREATE TABLE \"temp\".t (a)",
            "CREATE TABLE [Temp] . t (a)",
            "CREATE VIEW temp.v AS SELECT 1",
            "attach database 'file::memory:' as \"x\""));
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.MethodSource("settings_and_ways_to_hide_them")
  void in_memory_what_changes_the_connection_is_refused(String sql) {
    try (Belay memory = Belay.openInMemory(TestOptions.defaults())) {
      SqliteNotes.create(memory);
      Map<String, String> before = settings(memory);
      for (TxAction<Exception> action :
          List.<TxAction<Exception>>of(
              tx -> tx.handle().execute(sql),
              tx -> tx.handle().createUpdate(sql).execute(),
              tx -> tx.handle().createScript(sql).execute(),
              tx -> raw(tx, sql),
              tx -> tx.handle().getConnection().prepareStatement(sql).execute())) {
        Throwable refused =
            catchThrowable(
                () ->
                    memory.useWrite(
                        tx -> {
                          Notes.add(tx, "undone");
                          action.run(tx);
                        }));

        assertThat(refused).as(sql).hasStackTraceContaining("IllegalArgumentException");
        assertThat(Notes.all(memory)).isEmpty();
        assertThat(settings(memory)).isEqualTo(before);
      }
    }
  }

  private void requireUnchanged(
      String sql, org.assertj.core.api.ThrowableAssert.ThrowingCallable set) throws SQLException {
    Map<String, String> before = settings(belay);
    String mode = PlainSqlite.row(file, "PRAGMA journal_mode");

    Throwable refused = catchThrowable(set); // which is as good

    String as = sql + ", refused with " + refused;
    new Checked(belay, () -> PlainSqlite.patient(file)).requireServing(as);
    assertThat(settings(belay)).as("after " + as).isEqualTo(before);
    assertThat(PlainSqlite.row(file, "PRAGMA journal_mode")).isEqualTo(mode);
    SessionCommit commit = SessionCommit.to("s" + System.nanoTime(), 0).state("x");
    belay.sessions().commit(commit.append(NewEvent.of("t", "{}"))).orThrow();
    try (Belay other = Belay.open(file, TestOptions.defaults())) {
      other.useWrite(tx -> tx.handle().execute("DELETE FROM note"));
    }
  }

  /** What every kind of body finds set. */
  static Map<String, String> settings(Belay belay) {
    Map<String, String> found = new TreeMap<>();
    belay.useWrite(tx -> ask("write", tx, found));
    belay.useRead(tx -> ask("read", tx, found));
    belay.tx().<Boolean, RuntimeException>call(tx -> ask("call", tx, found));
    return found;
  }

  private static boolean ask(String verb, Tx tx, Map<String, String> found) {
    // first: asking opens the temporary database, which the list of databases then names
    found.put(
        verb + " temp",
        tx.handle()
            .createQuery("SELECT name FROM sqlite_temp_schema")
            .mapToMap()
            .list()
            .toString());
    for (String pragma : ASKED) {
      found.put(
          verb + " " + pragma,
          tx.handle().createQuery("PRAGMA " + pragma).mapToMap().list().toString());
    }
    return true;
  }

  private static boolean raw(Tx tx, String sql) throws SQLException {
    return tx.handle().getConnection().createStatement().execute(sql);
  }
}
