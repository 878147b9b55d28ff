package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.queue.NewWork;
import dev.belay.store.Finding;
import dev.belay.store.SchemaTooOldException;
import dev.belay.store.StoreException;
import dev.belay.store.StoreReadOnlyException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Goal: where no store can be kept, or an option has no meaning, opening says why, and nothing that
 * is secret. Method: real servers, users and databases of every such kind.
 */
class RefusedPostgresTest {
  private static final String SECRET = "s3cr3t-w0rd";

  @Test
  void a_user_that_may_only_read_is_refused_by_name() {
    Server.execute(
        Server.url(),
        "CREATE ROLE reader LOGIN; ALTER ROLE reader SET default_transaction_read_only = on");

    assertThatThrownBy(() -> Belay.openPostgres(as("reader", Server.url())).close())
        .isInstanceOf(StoreReadOnlyException.class)
        .hasMessageContaining("the server or its user is read-only");
    Server.execute(Server.url(), "DROP ROLE reader");
  }

  @Test
  void a_schema_without_migrations_stays_so_if_it_may_not_be_migrated() {
    String url = Server.newSchema();
    BelayOptions none = BelayOptions.defaults().withMigration(BelayOptions.Migration.NONE);

    SchemaTooOldException refusal =
        catchThrowableOfType(
            SchemaTooOldException.class, () -> Belay.openPostgres(url, none).close());

    assertThat(refusal.found()).isEqualTo("0");
    assertThat(refusal.needed()).isEqualTo(String.valueOf(PgSchema.NEWEST));
    assertThat(refusal.pending()).containsExactly("belay: V1__belay.sql");
    assertThat(
            Server.query(
                url,
                "SELECT relname FROM pg_class WHERE relname = 'belay_session'"
                    + " AND relnamespace = CAST('"
                    + schema(url)
                    + "' AS regnamespace)"))
        .isEmpty();

    BelayOptions app = none.withAppMigrations("classpath:db/migration");
    Belay.openPostgres(url).close();
    Belay.openPostgres(url, none).close();
    refusal =
        catchThrowableOfType(
            SchemaTooOldException.class, () -> Belay.openPostgres(url, app).close());
    assertThat(refusal.found()).isEqualTo(refusal.needed());
    assertThat(refusal.pending()).containsExactly("app: V1__host.sql");
    Server.drop(url);
  }

  @Test
  void the_pages_of_a_server_are_not_checked() {
    String url = Server.newStore();
    try (Belay belay = Belay.openPostgres(url)) {
      assertThatThrownBy(() -> belay.check(Finding.Scope.PAGES))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("pages");
    }
    Server.drop(url);
  }

  @Test
  void a_user_without_the_right_to_create_tables_is_refused_with_the_servers_reason() {
    String url = Server.newSchema();
    Server.execute(
        Server.url(),
        "CREATE ROLE guest LOGIN; GRANT USAGE ON SCHEMA " + schema(url) + " TO guest");

    assertThatThrownBy(() -> Belay.openPostgres(as("guest", url)).close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("permission denied for schema " + schema(url));
    Server.drop(url);
    Server.execute(Server.url(), "DROP ROLE guest");
  }

  @Test
  void a_standby_is_refused_by_name_and_serves_once_it_is_promoted(@TempDir Path folder)
      throws Exception {
    try (Standby standby = Standby.start(folder)) {
      assertThatThrownBy(() -> Belay.openPostgres(standby.url()).close())
          .isInstanceOf(StoreReadOnlyException.class)
          .hasMessageContaining("the server is a standby");

      Server.execute(standby.url(), "SELECT pg_promote()");
      try (Belay belay = Belay.openPostgres(standby.url())) {
        belay.queue("q").enqueue(NewWork.of("p"));
      }
    }
  }

  @Test
  void an_unreachable_server_is_named_without_the_password() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    String url = "jdbc:postgresql://localhost:" + port + "/db?user=u&password=" + SECRET;

    assertThatThrownBy(() -> Belay.openPostgres(url).close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("jdbc:postgresql://localhost:" + port + "/db")
        .satisfies(RefusedPostgresTest::isSecretKept);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(url);
    assertThatThrownBy(() -> Belay.openPostgres(source).close())
        .isInstanceOf(StoreException.class)
        .satisfies(RefusedPostgresTest::isSecretKept);
  }

  @Test
  void what_is_no_url_of_the_driver_is_refused_without_the_password() {
    for (String url :
        List.of(
            "jdbc:mysql://localhost/db?password=" + SECRET,
            "postgres://u:" + SECRET + "@localhost/db",
            "jdbc:postgresql://localhost:x/db?password=" + SECRET,
            "jdbc:postgresql://localhost:99999/db?password=" + SECRET)) {
      assertThatThrownBy(() -> Belay.openPostgres(url).close())
          .as(url)
          .isInstanceOfAny(StoreException.class, IllegalArgumentException.class)
          .hasMessageNotContaining("null")
          .satisfies(RefusedPostgresTest::isSecretKept);
    }
  }

  @Test
  void a_wrong_password_is_refused_and_not_told() {
    Server.execute(
        Server.url(), "CREATE ROLE known LOGIN PASSWORD 'right' IN ROLE " + Server.WITH_PASSWORD);
    String url = as("known", Server.url());

    Belay.openPostgres(url + "&password=right&currentSchema=" + newSchemaOf("known")).close();
    assertThatThrownBy(() -> Belay.openPostgres(url + "&password=" + SECRET).close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("refused the user")
        .satisfies(RefusedPostgresTest::isSecretKept);
    Server.execute(Server.url(), "DROP OWNED BY known CASCADE; DROP ROLE known");
  }

  @Test
  void a_database_that_does_not_exist_is_refused() {
    assertThatThrownBy(
            () -> Belay.openPostgres(Server.url().replace("/postgres?", "/none?")).close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("/none")
        .hasMessageContaining("3D000");
  }

  @Test
  void a_database_of_another_encoding_is_refused_by_name() {
    for (String encoding : List.of("LATIN1", "SQL_ASCII")) {
      String name = "of_" + encoding.toLowerCase(java.util.Locale.ROOT);
      Server.execute(
          Server.url(),
          "CREATE DATABASE "
              + name
              + " ENCODING '"
              + encoding
              + "' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");

      assertThatThrownBy(
              () ->
                  Belay.openPostgres(Server.url().replace("/postgres?", "/" + name + "?")).close())
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("must be UTF8, found " + encoding);
      Server.execute(Server.url(), "DROP DATABASE " + name);
    }
  }

  @Test
  void a_search_path_without_a_schema_is_refused() {
    assertThatThrownBy(() -> Belay.openPostgres(Server.url() + "&currentSchema=nowhere").close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no schema of the search path exists: nowhere");
  }

  @Test
  void a_data_source_whose_connections_are_in_a_transaction_is_refused() {
    String url = Server.newStore();
    CountedSource source =
        CountedSource.of(
            url,
            connection -> {
              connection.setAutoCommit(false);
              try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1");
              }
            });

    assertThatThrownBy(() -> Belay.openPostgres(source).close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("already in a transaction");
    assertThat(source.open()).isZero();
    Server.drop(url);
  }

  @Test
  void a_data_source_of_another_driver_is_refused() {
    org.sqlite.SQLiteDataSource source = new org.sqlite.SQLiteDataSource();
    source.setUrl("jdbc:sqlite::memory:");

    assertThatThrownBy(() -> Belay.openPostgres(source).close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("org.postgresql:postgresql");
  }

  @Test
  void an_option_without_a_meaning_is_refused_by_name_before_anything_is_asked() {
    Map<String, UnaryOperator<BelayOptions>> options =
        Map.of(
            "withOwnerOnlyFiles", o -> o.withOwnerOnlyFiles(true),
            "withSharedNames", o -> o.withSharedNames(false),
            "withReaders", o -> o.withReaders(BelayOptions.READERS_DEFAULT),
            "withConnection", o -> o.withConnection(connection -> {}),
            "withCommitGroupMax", o -> o.withCommitGroupMax(2));
    String nowhere = "jdbc:postgresql://localhost:1/none";
    options.forEach(
        (name, option) ->
            assertThatIllegalArgumentException()
                .as(name)
                .isThrownBy(
                    () ->
                        Belay.openPostgres(nowhere, option.apply(BelayOptions.defaults())).close())
                .withMessageContaining(name));
  }

  @Test
  void an_open_that_is_refused_leaves_no_connection_and_no_table() {
    String url = Server.newSchema();
    CountedSource source = CountedSource.of(url, connection -> {});
    BelayOptions options =
        BelayOptions.defaults().withAppMigrations("classpath:dev/belay/no/such/migrations");

    assertThatThrownBy(() -> Belay.openPostgres(source, options).close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("migrations 'app'");
    assertThat(source.open()).as("%s", source.origins()).isZero();
    Server.drop(url);
  }

  private static String newSchemaOf(String role) {
    Server.execute(Server.url(), "CREATE SCHEMA own_" + role + " AUTHORIZATION " + role);
    return "own_" + role;
  }

  private static String schema(String url) {
    return Server.schemaOf(url);
  }

  private static String as(String user, String url) {
    return url.replace("user=postgres", "user=" + user);
  }

  private static void isSecretKept(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    assertThat(text.toString()).doesNotContain(SECRET);
  }
}
