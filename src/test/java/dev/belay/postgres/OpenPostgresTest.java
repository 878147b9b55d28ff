package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkState;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.SchemaTooNewException;
import dev.belay.store.StoreException;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Parent;
import dev.belay.testing.Patience;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a store opens in a schema of the user's choice, beside whatever is there, and every feature
 * works there. Method: real schemas, the application's own Flyway, threads and processes at once.
 */
class OpenPostgresTest {
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final int PROCESSES = 3;
  private static final int THREADS = 17;

  @Test
  void a_schema_without_tables_is_migrated_and_used() {
    String url = Server.newSchema();
    for (int i = 1; i <= 2; i++) {
      try (Belay belay = Belay.openPostgres(url)) {
        use(belay, i);
        assertThat(belay.stats().engine().name()).isEqualTo("PostgreSQL");
      }
    }
    Server.drop(url);
  }

  @Test
  void of_twenty_that_open_a_new_schema_at_once_one_migrates_and_all_work() throws Exception {
    String url = Server.newSchema();
    List<ChildJvm> children = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (int i = 0; i < PROCESSES; i++) {
        children.add(ChildCommand.of(Opening.class, url).start());
      }
      children.forEach(child -> child.expect("ready"));
      CyclicBarrier together = new CyclicBarrier(THREADS);
      List<Future<Long>> opened = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        String session = "t" + i;
        opened.add(
            threads.submit(
                () -> {
                  together.await();
                  return openAndCommit(url, session);
                }));
      }
      children.forEach(child -> child.send("go"));
      for (Future<Long> revision : opened) {
        assertThat(Patience.get(revision)).isEqualTo(1);
      }
      children.forEach(child -> child.expect("1"));
    } finally {
      threads.shutdownNow();
      children.forEach(ChildJvm::close);
    }

    assertThat(Server.query(url, "SELECT id FROM belay_session")).hasSize(PROCESSES + THREADS);
    assertThat(Server.query(url, "SELECT version FROM belay_schema_history WHERE version > '0'"))
        .hasSize(PgSchema.NEWEST);
    Server.drop(url);
  }

  /** A process that opens the store and commits to a session. */
  static final class Opening {
    private Opening() {}

    public static void main(String[] arguments) {
      Parent parent = new Parent();
      parent.say("ready");
      parent.hear();
      parent.say(Long.toString(openAndCommit(arguments[0], "p" + ProcessHandle.current().pid())));
    }
  }

  private static long openAndCommit(String url, String session) {
    try (Belay belay = Belay.openPostgres(url)) {
      return belay
          .sessions()
          .commit(SessionCommit.to(session).append(NewEvent.of("t", "p")))
          .orThrow()
          .revision();
    }
  }

  @Test
  void the_tables_and_the_flyway_history_of_the_application_stay_as_they_are(@TempDir Path folder)
      throws IOException {
    String url = Server.newSchema();
    Files.writeString(folder.resolve("V1__orders.sql"), "CREATE TABLE orders (id INT)");
    Flyway application = flyway(url, folder);
    application.migrate();

    try (Belay belay = Belay.openPostgres(url)) {
      use(belay, 1);
      belay.useWrite(tx -> tx.handle().execute("INSERT INTO orders VALUES (7)"));
    }
    Files.writeString(folder.resolve("V2__more.sql"), "ALTER TABLE orders ADD COLUMN price INT");

    assertThat(flyway(url, folder).migrate().migrationsExecuted).isEqualTo(1);
    assertThat(Server.query(url, "SELECT version FROM flyway_schema_history ORDER BY version"))
        .containsExactly("1", "2");
    assertThat(Server.query(url, "SELECT id FROM orders WHERE price IS NULL")).containsExactly("7");
    try (Belay belay = Belay.openPostgres(url)) {
      use(belay, 2);
    }
    Server.drop(url);
  }

  private static Flyway flyway(String url, Path folder) {
    return Flyway.configure()
        .dataSource(url, null, null)
        .locations("filesystem:" + folder)
        .defaultSchema(Server.schemaOf(url))
        .load();
  }

  @Test
  void migrations_of_several_origins_run_once_with_a_history_each(@TempDir Path folder)
      throws IOException {
    String url = Server.newSchema();
    Path app = Files.createDirectory(folder.resolve("app"));
    Path plugin = Files.createDirectory(folder.resolve("plugin"));
    // $$, a comment and a semicolon in a text: the statements of one migration.
    Files.writeString(
        app.resolve("V1__orders.sql"),
        "CREATE TABLE orders (id INT); -- a; b\n"
            + "DO $$ BEGIN INSERT INTO orders VALUES (1); END $$;");
    Files.writeString(plugin.resolve("V1__notes.sql"), "CREATE TABLE notes (text TEXT)");
    BelayOptions options =
        BelayOptions.defaults()
            .withAppMigrations("filesystem:" + app)
            .withMigrations("plugin", "filesystem:" + plugin);
    for (int i = 1; i <= 2; i++) {
      try (Belay belay = Belay.openPostgres(url, options)) {
        use(belay, i);
      }
    }

    assertThat(Server.query(url, "SELECT id FROM orders")).containsExactly("1");
    for (String table : List.of("flyway_schema_history", "flyway_schema_plugin_history")) {
      assertThat(Server.query(url, "SELECT version FROM " + table + " WHERE type = 'SQL'"))
          .containsExactly("1");
    }
    Server.drop(url);
  }

  @Test
  void a_migration_that_fails_is_named_and_can_be_mended(@TempDir Path folder) throws IOException {
    String url = Server.newSchema();
    Path script = folder.resolve("V1__orders.sql");
    Files.writeString(script, "CREATE TABLE orders (id INT); INSERT INTO nowhere VALUES (1)");
    BelayOptions options = BelayOptions.defaults().withAppMigrations("filesystem:" + folder);

    assertThatThrownBy(() -> Belay.openPostgres(url, options).close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("migrations 'app' failed");
    assertThat(Server.query(url, "SELECT to_regclass('orders')")).containsExactly("null");
    Files.writeString(script, "CREATE TABLE orders (id INT)");
    Belay.openPostgres(url, options).close();

    assertThat(Server.query(url, "SELECT id FROM orders")).isEmpty();
    Server.drop(url);
  }

  @Test
  void a_schema_may_have_any_name() throws Exception {
    List<String> names =
        List.of("Odd \"name\"; --", "SELECT", "größe", "l" + "o".repeat(61) + "g", "a,b.c'd\\e");
    for (String name : names) {
      String quoted = '"' + name.replace("\"", "\"\"") + '"';
      Server.execute(Server.url(), "CREATE SCHEMA " + quoted);
      String url =
          Server.url() + "&currentSchema=" + URLEncoder.encode(quoted, StandardCharsets.UTF_8);
      try (LogProbe log = LogProbe.recording();
          Belay belay = Belay.openPostgres(url);
          Belay second = Belay.openPostgres(url)) {
        use(belay, 1);
        use(second, 2);
        OtherStoreWakes.check(belay, second);
        assertThat(log.warnings()).as(name).isEmpty();
      }
      assertThat(
              Server.query(
                  Server.url(),
                  "SELECT schemaname FROM pg_tables WHERE tablename = 'belay_work'"
                      + " AND schemaname = '"
                      + name.replace("'", "''")
                      + "'"))
          .containsExactly(name);
      Server.execute(Server.url(), "DROP SCHEMA " + quoted + " CASCADE");
    }
  }

  @Test
  void stores_in_two_schemas_of_a_database_share_nothing() {
    String one = Server.newSchema();
    String two = Server.newSchema();
    try (Belay first = Belay.openPostgres(one);
        Belay second = Belay.openPostgres(two)) {
      use(first, 1);
      assertThat(second.sessions().find("s")).isEmpty();
      use(second, 1);
      assertThat(first.queue("q").list(WorkState.DONE, 0, 10)).hasSize(1);
    }
    Server.drop(one);
    Server.drop(two);
  }

  @Test
  void a_schema_that_a_newer_belay_has_migrated_is_refused_and_left_as_it_was() {
    String url = Server.newStore();
    int newer = PgSchema.NEWEST + 1;
    Server.execute(url, "INSERT INTO belay_schema_history VALUES ('" + newer + "', TRUE)");

    assertThatThrownBy(() -> Belay.openPostgres(url).close())
        .isInstanceOf(SchemaTooNewException.class)
        .hasMessageContaining(Server.schemaOf(url))
        .hasMessageContaining("version " + newer);
    assertThat(Server.query(url, "SELECT version FROM belay_schema_history")).hasSize(2);
    Server.drop(url);
  }

  private static void use(Belay belay, long revision) {
    belay.sessions().commit(SessionCommit.to("s").append(NewEvent.of("t", "p"))).orThrow();
    assertThat(belay.sessions().find("s").orElseThrow().revision()).isEqualTo(revision);
    var lease = belay.leases().acquire("l", "h", TTL).granted().orElseThrow();
    assertThat(belay.leases().release(lease)).isTrue();
    belay.queue("q").enqueue(NewWork.of("p"));
    var claim = belay.queue("q").claim("w", TTL).orElseThrow();
    belay.queue("q").complete(claim).orThrow();
  }
}
