package dev.belay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.session.SessionCommit;
import dev.belay.testing.Checked;
import dev.belay.testing.Notes;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.SqliteNotes;
import dev.belay.testing.TestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.sqlite.Collation;
import org.sqlite.Function;

/**
 * Goal: {@link BelayOptions#withConnection} reaches every connection on which a body runs, and what
 * goes wrong in it harms neither the file nor a later verb. Method: a function, a collation and a
 * setting are used in every kind of body, after connections were replaced, by migrations and by a
 * backup; then it throws, at the first connection and at later ones.
 */
class PreparedConnectionTest {
  private static final BelayOptions PREPARED =
      TestOptions.defaults().withConnection(PreparedConnectionTest::prepare);

  @TempDir private Path dir;

  private static void prepare(Connection connection) {
    try {
      Function.create(
          connection,
          "shout",
          new Function() {
            @Override
            protected void xFunc() throws SQLException {
              result(value_text(0).toUpperCase(Locale.ROOT) + "!");
            }
          },
          1,
          Function.FLAG_DETERMINISTIC);
      Collation.create(
          connection,
          "backwards",
          new Collation() {
            @Override
            protected int xCompare(String one, String other) {
              return other.compareTo(one);
            }
          });
      PlainSqlite.execute(connection, "PRAGMA cache_size = -777");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String found(Tx tx) {
    return tx.handle()
        .createQuery(
            """
            SELECT group_concat(shout(text), '') || (SELECT cache_size FROM pragma_cache_size)
            FROM   (SELECT text FROM note ORDER BY text COLLATE backwards)
            """)
        .mapTo(String.class)
        .one();
  }

  private static void requireEverywhere(Belay belay) {
    String prepared = "B!A!-777";
    assertThat(belay.read(PreparedConnectionTest::found)).isEqualTo(prepared);
    assertThat(belay.tx().readAsync(PreparedConnectionTest::found).join()).isEqualTo(prepared);
    assertThat(belay.tx().call(PreparedConnectionTest::found)).isEqualTo(prepared);
    assertThat(belay.write(PreparedConnectionTest::found)).isEqualTo(prepared);
    assertThat(belay.tx().writeAsync(PreparedConnectionTest::found).join()).isEqualTo(prepared);
  }

  private static void fill(Belay belay) {
    SqliteNotes.create(belay);
    belay.useWrite(
        tx -> {
          Notes.add(tx, "a");
          Notes.add(tx, "b");
        });
  }

  @Test
  void every_body_finds_it_also_after_its_connection_was_replaced() {
    try (Belay belay = Belay.open(dir.resolve("a.db"), PREPARED)) {
      fill(belay);
      requireEverywhere(belay);
      belay.useWrite(tx -> tx.handle().execute("PRAGMA cache_size = 5"));
      belay.useRead(tx -> tx.handle().execute("PRAGMA cache_size = 5"));
      requireEverywhere(belay);
    }
    try (Belay reading = Belay.openReadOnly(dir.resolve("a.db"), PREPARED)) {
      assertThat(reading.read(PreparedConnectionTest::found)).isEqualTo("B!A!-777");
      assertThat(reading.tx().call(PreparedConnectionTest::found)).isEqualTo("B!A!-777");
    }
  }

  @Test
  void every_body_finds_it_in_memory() {
    try (Belay belay = Belay.openInMemory(PREPARED)) {
      fill(belay);
      requireEverywhere(belay);
    }
  }

  @Test
  void the_applications_migrations_find_it() throws IOException {
    Files.writeString(
        Files.createDirectory(dir.resolve("scripts")).resolve("V1__a.sql"),
        """
        CREATE TABLE loud (text TEXT COLLATE backwards CHECK (shout(text) <> 'SILENCE!'));
        CREATE INDEX loud_index ON loud (shout(text));
        INSERT INTO loud VALUES ('x');
        """);
    BelayOptions options = PREPARED.withAppMigrations("filesystem:" + dir.resolve("scripts"));
    for (Belay opened :
        List.of(Belay.open(dir.resolve("a.db"), options), Belay.openInMemory(options))) {
      try (Belay belay = opened) {
        belay.useWrite(tx -> tx.handle().execute("INSERT INTO loud VALUES ('y')"));
        assertThat(
                catchThrowable(
                    () ->
                        belay.useWrite(
                            tx -> tx.handle().execute("INSERT INTO loud VALUES ('silence')"))))
            .hasStackTraceContaining("CHECK");
      }
    }
  }

  @Test
  void a_backup_copies_what_only_the_host_can_compare_and_compute() throws Exception {
    for (boolean memory : new boolean[] {false, true}) {
      Path copy = dir.resolve("copy of " + memory);
      try (Belay belay =
          memory ? Belay.openInMemory(PREPARED) : Belay.open(dir.resolve("a.db"), PREPARED)) {
        belay.useWrite(
            tx ->
                tx.handle()
                    .createScript(
                        """
                            CREATE TABLE loud (
                              text TEXT COLLATE backwards PRIMARY KEY CHECK (shout(text) <> ''),
                              said TEXT GENERATED ALWAYS AS (shout(text)) STORED);
                            CREATE INDEX loud_index ON loud (shout(text));
                            CREATE TABLE odd (text TEXT COLLATE backwards PRIMARY KEY) WITHOUT ROWID;
                            INSERT INTO loud VALUES ('x'), ('y');
                            INSERT INTO odd VALUES ('x'), ('y');
                            """)
                    .execute());

        belay.backup(copy);
      }
      assertThat(PlainSqlite.rows(copy, "SELECT said FROM loud NOT INDEXED ORDER BY rowid"))
          .containsExactly("X!", "Y!");
    }
  }

  @Test
  void a_backup_copies_what_nobody_here_can_compare() throws Exception {
    try (Belay belay = Belay.open(dir.resolve("a.db"), PREPARED)) {
      belay.useWrite(
          tx -> tx.handle().execute("CREATE TABLE odd (a TEXT COLLATE backwards UNIQUE)"));
      belay.useWrite(tx -> tx.handle().execute("INSERT INTO odd VALUES ('x')"));
    }
    try (Belay belay = Belay.open(dir.resolve("a.db"), TestOptions.defaults())) {
      belay.backup(dir.resolve("copy.db"));
    }
    assertThat(PlainSqlite.row(dir.resolve("copy.db"), "SELECT a FROM odd NOT INDEXED"))
        .isEqualTo("x");
  }

  @Test
  void foreign_keys_and_the_waiting_stay_belays() {
    BelayOptions options =
        TestOptions.defaults()
            .withConnection(
                PlainSqlite.preparing(() -> "PRAGMA foreign_keys = OFF")
                    .andThen(PlainSqlite.preparing(() -> "PRAGMA busy_timeout = 60000")));
    try (Belay belay = Belay.open(dir.resolve("a.db"), options)) {
      for (int connections = 0; connections < 2; connections++) {
        belay.write(tx -> assertThat(pragma(tx, "foreign_keys")).isEqualTo("1"));
        belay.write(tx -> assertThat(pragma(tx, "busy_timeout")).isEqualTo("0"));
        belay.tx().call(tx -> assertThat(pragma(tx, "foreign_keys")).isEqualTo("1"));
        belay.useWrite(tx -> tx.handle().execute("PRAGMA cache_size = 5"));
      }
      SqliteNotes.create(belay);
      new Checked(belay, () -> PlainSqlite.patient(dir.resolve("a.db")))
          .requireServing("settings of the application's");
    }
  }

  private static String pragma(Tx tx, String name) {
    return tx.handle().createQuery("PRAGMA " + name).mapTo(String.class).one();
  }

  @Test
  void what_it_throws_fails_the_open_and_leaves_no_file() {
    IllegalStateException thrown = new IllegalStateException("no extension");
    BelayOptions options = TestOptions.defaults().withConnection(throwing(thrown));

    assertThatThrownBy(() -> Belay.open(dir.resolve("a.db"), options)).isSameAs(thrown);
    assertThat(dir).isEmptyDirectory();
    assertThatThrownBy(() -> Belay.openInMemory(options)).isSameAs(thrown);
  }

  @Test
  void what_it_throws_leaves_a_file_that_is_there_as_it_was() throws Exception {
    IllegalStateException thrown = new IllegalStateException("no extension");
    BelayOptions options = TestOptions.defaults().withConnection(throwing(thrown));
    Path host = dir.resolve("host.db");
    PlainSqlite.execute(host, "CREATE TABLE mine (a)");
    byte[] before = Files.readAllBytes(host); // nobody has it open

    assertThatThrownBy(() -> Belay.open(host, options)).isSameAs(thrown);

    assertThat(Files.readAllBytes(host)).isEqualTo(before);
    Belay.open(host, TestOptions.defaults()).close();
    assertThatThrownBy(() -> Belay.openReadOnly(host, options)).isSameAs(thrown);
  }

  @Test
  void what_it_throws_later_fails_the_verb_that_needed_a_connection_and_no_other() {
    AtomicReference<@Nullable RuntimeException> thrown = new AtomicReference<>();
    Consumer<Connection> now =
        connection -> {
          RuntimeException failure = thrown.get();
          if (failure != null) {
            throw failure;
          }
        };
    try (Belay belay =
        Belay.open(dir.resolve("a.db"), TestOptions.defaults().withConnection(now))) {
      SqliteNotes.create(belay);
      belay.useWrite(tx -> tx.handle().execute("PRAGMA cache_size = 5"));
      IllegalStateException failure = new IllegalStateException("not now");
      for (int i = 0; i < 2; i++) {
        thrown.set(failure);
        assertThatThrownBy(() -> belay.useWrite(tx -> Notes.add(tx, "undone"))).isSameAs(failure);
        assertThatThrownBy(() -> belay.sessions().commit(SessionCommit.to("s", 0).state("x")))
            .isSameAs(failure);
        assertThatThrownBy(() -> Notes.all(belay)).isSameAs(failure);
        assertThatThrownBy(() -> belay.tx().call(Notes::all)).isSameAs(failure);
      }
      thrown.set(null);
      assertThat(Notes.all(belay)).isEmpty();
      new Checked(belay, () -> PlainSqlite.patient(dir.resolve("a.db")))
          .requireServing("connections that failed");
    }
  }

  static final List<String> MISUSES = List.of("close", "setAutoCommit", "BEGIN", "BEGIN IMMEDIATE");

  @ParameterizedTest
  @FieldSource("MISUSES")
  void one_that_does_more_than_prepare_is_refused_by_name(String misuse) {
    BelayOptions options =
        TestOptions.defaults()
            .withConnection(
                connection -> {
                  try {
                    switch (misuse) {
                      case "close" -> connection.close();
                      case "setAutoCommit" -> connection.setAutoCommit(false);
                      default -> PlainSqlite.execute(connection, misuse);
                    }
                  } catch (SQLException e) {
                    throw new IllegalStateException(e);
                  }
                });

    assertThatIllegalStateException()
        .isThrownBy(() -> Belay.open(dir.resolve("a.db"), options))
        .withMessageContaining("withConnection");
    assertThat(dir).isEmptyDirectory();
  }

  private static Consumer<Connection> throwing(RuntimeException failure) {
    return connection -> {
      throw failure;
    };
  }
}
