package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.lease.Lease;
import dev.belay.queue.NewWork;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.Tx;
import dev.belay.testing.Patience;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a store on the pool of its host leaves the pool as it found it. Method: HikariCP with every
 * connection looked at, before the store is opened and after it was closed.
 */
class HostPoolTest {
  private static final Duration TTL = Duration.ofSeconds(30);

  /** The pool's own setting of each connection, which must stay. */
  private static final String INIT = "SET statement_timeout = '59s'";

  private static final Pattern DOCUMENTED = Pattern.compile("up to (\\d+) of\\s+(?:\\* )?them");

  private String url;
  private HikariDataSource pool;

  @BeforeEach
  void openPool() {
    url = Server.newSchema();
    pool = pool(20, true);
  }

  @AfterEach
  void closePool() {
    pool.close();
    Server.drop(url);
  }

  private HikariDataSource pool(int size, boolean autoCommit) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url + "&ApplicationName=pool");
    config.setMaximumPoolSize(size);
    config.setAutoCommit(autoCommit);
    config.setIsolateInternalQueries(!autoCommit);
    config.setConnectionInitSql(INIT);
    config.setConnectionTimeout(Patience.LIMIT.toMillis());
    return new HikariDataSource(config);
  }

  @Test
  void a_store_leaves_every_connection_as_the_pool_had_lent_it(@TempDir Path folder)
      throws Exception {
    Map<String, String> before;
    try (Connection connection = pool.getConnection()) {
      before = settings(connection);
    }
    Files.writeString(folder.resolve("V1__t.sql"), "SET work_mem = '77MB'; CREATE TABLE t (i INT)");
    BelayOptions options = BelayOptions.defaults().withAppMigrations("filesystem:" + folder);
    try (Belay belay = Belay.openPostgres(pool, options)) {
      use(belay);
    }

    everyConnection(connection -> assertThat(settings(connection)).isEqualTo(before));
  }

  @Test
  void what_a_body_does_to_its_session_ends_with_it() throws Exception {
    Map<String, String> before;
    try (Connection connection = pool.getConnection()) {
      before = settings(connection);
    }
    List<String> statements =
        List.of(
            "SET work_mem = '66MB'",
            "SET SESSION search_path = pg_catalog",
            "SELECT set_config('work_mem', '65MB', false)",
            "CREATE TEMP TABLE secret (i INT)",
            "SELECT * INTO TEMP other FROM pg_class",
            "SELECT pg_advisory_lock(4711)",
            "SELECT 1 FROM (SELECT pg_try_advisory_lock_shared(4712)) x",
            "LISTEN news",
            "PREPARE mine AS SELECT 1",
            "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
            "SET ROLE pg_monitor",
            "DO $$ BEGIN PERFORM set_config('work_mem', '64MB', false); END $$",
            "/* a */ /* b /* c */ */ SET work_mem = '63MB'",
            "SELECT 1; SET work_mem = '62MB'");
    try (Belay belay = Belay.openPostgres(pool)) {
      for (String statement : statements) {
        belay.useWrite(tx -> tx.handle().execute(statement));
        String setting =
            belay.write(
                tx ->
                    tx.handle()
                        .createQuery("SELECT setting FROM pg_settings WHERE name = 'work_mem'")
                        .mapTo(String.class)
                        .one());
        assertThat(setting).as(statement).isEqualTo(before.get("work_mem"));
        belay
            .tx()
            .call(
                tx -> {
                  tx.handle().execute(statement);
                  return 0;
                });
      }
      belay.useRead(tx -> tx.handle().execute("SET work_mem = '61MB'"));
    }

    everyConnection(connection -> assertThat(settings(connection)).isEqualTo(before));
    assertThat(Server.query(url, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
        .containsExactly("0");
  }

  @Test
  void a_pool_that_does_not_commit_each_statement_serves_too() throws Exception {
    pool.close();
    pool = pool(20, false);
    try (Belay belay = Belay.openPostgres(pool)) {
      use(belay);
    }

    everyConnection(connection -> assertThat(connection.getAutoCommit()).isFalse());
    assertThat(
            Server.query(
                url,
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pool'"
                    + " AND state LIKE 'idle in transaction%'"))
        .containsExactly("0");
  }

  @Test
  void connections_go_back_at_close_also_after_a_body_that_failed() {
    try (Belay belay = Belay.openPostgres(pool)) {
      use(belay);
      assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isPositive();
    }
    assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
  }

  @Test
  void a_store_never_has_more_connections_than_documented() throws Exception {
    int documented = documented();
    pool.close();
    pool = pool(documented, true);
    CountedSource counted = CountedSource.of(url, connection -> {});
    try (Belay belay = Belay.openPostgres(counted)) {
      useAllAtOnce(belay, DriverManager.getConnection(url));
    }
    assertThat(counted.open()).as("%s", counted.origins()).isZero();
    assertThat(counted.most()).isEqualTo(documented);
    try (Belay belay = Belay.openPostgres(pool);
        Connection host = DriverManager.getConnection(url)) {
      useAllAtOnce(belay, host); // a pool of that size is enough
    }
  }

  private static int documented() throws Exception {
    Matcher documented =
        DOCUMENTED.matcher(Files.readString(Path.of("src/main/java/dev/belay/Belay.java")));
    assertThat(documented.find()).isTrue();
    return Integer.parseInt(documented.group(1));
  }

  /** Everything that has a connection has one, at the same time. */
  private static void useAllAtOnce(Belay belay, Connection host) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (host) {
      Future<?> waiting =
          threads.submit(() -> belay.queue("none").claim("w", TTL, 1, Patience.LIMIT));
      Patience.until("a thread waits for work", () -> hasThread("belay-watch"));
      Lease lease = belay.leases().acquire("keep", "h", TTL).granted().orElseThrow();
      int bodies = PgStore.WRITERS + BelayOptions.READERS_DEFAULT + 1;
      CountDownLatch running = new CountDownLatch(bodies);
      CountDownLatch end = new CountDownLatch(1);
      Consumer<Tx> body =
          tx -> {
            running.countDown();
            awaitUnchecked(end);
          };
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < PgStore.WRITERS; i++) {
        Lease required = i == 0 ? lease : null; // its renewals wait for the body
        futures.add(
            threads.submit(
                () ->
                    belay.useWrite(
                        tx -> {
                          if (required != null) {
                            belay.leases().require(tx, required);
                          }
                          body.accept(tx);
                        })));
      }
      for (int i = 0; i < BelayOptions.READERS_DEFAULT; i++) {
        futures.add(threads.submit(() -> belay.useRead(body::accept)));
      }
      futures.add(
          threads.submit(
              () ->
                  belay
                      .tx()
                      .call(
                          tx -> {
                            body.accept(tx);
                            return 0;
                          })));
      Patience.await(running);
      for (int i = 0; i < PgGroupConnections.PLACES; i++) { // one after another, in turn
        assertThat(belay.queue("grouped").enqueue(NewWork.of("p"))).isNotNull();
      }
      for (int i = 0; i < PgStore.LOCKED_RENEWALS; i++) {
        futures.add(threads.submit(() -> belay.leases().renew(lease, TTL)));
      }
      Patience.until("renewals wait", () -> waitsForLocks(host) == PgStore.LOCKED_RENEWALS);
      host.setAutoCommit(false);
      CountDownLatch told = new CountDownLatch(1);
      belay.tx().join(host).afterCommit(told::countDown);
      host.commit();
      Patience.await(told);
      end.countDown();
      for (Future<?> future : futures) {
        Patience.get(future);
      }
      waiting.cancel(true);
      belay.leases().release(lease);
    } finally {
      threads.shutdownNow();
    }
  }

  private static int waitsForLocks(Connection host) {
    try (Statement statement = host.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
      row.next();
      return row.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean hasThread(String name) {
    return Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().equals(name));
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      Patience.await(latch);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void use(Belay belay) {
    belay.queue("q").enqueue(NewWork.of("p"));
    belay.sessions().commit(SessionCommit.to("s").append(NewEvent.of("t", "p"))).orThrow();
    belay.sessions().find("s");
    Lease lease = belay.leases().acquire("l", "h", TTL).granted().orElseThrow();
    belay.leases().release(lease);
    try {
      OtherStoreWakes.check(belay, belay);
      belay.useWrite(tx -> tx.handle().execute("no such statement"));
    } catch (Exception e) {
      assertThat(e).hasMessageContaining("no such statement");
    }
  }

  private interface Look {
    void at(Connection connection) throws SQLException;
  }

  /** All that are idle, at the same time, so that each is another one. */
  private void everyConnection(Look look) throws SQLException {
    List<Connection> lent = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        Connection connection = pool.getConnection();
        lent.add(connection);
        look.at(connection);
      }
    } finally {
      for (Connection connection : lent) {
        connection.close();
      }
    }
  }

  private static Map<String, String> settings(Connection connection) throws SQLException {
    Map<String, String> all = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT name, setting FROM pg_settings
                UNION ALL SELECT 'user', current_user
                UNION ALL SELECT 'channel ' || c, c FROM pg_listening_channels() c
                UNION ALL SELECT 'prepared ' || name, statement FROM pg_prepared_statements
                  WHERE from_sql
                UNION ALL SELECT 'cursor ' || name, statement FROM pg_cursors WHERE is_holdable
                UNION ALL SELECT 'table ' || relname, '' FROM pg_class
                  WHERE relpersistence = 't' AND pg_table_is_visible(oid) AND relkind = 'r'
                """)) {
      while (row.next()) {
        all.put(row.getString(1), row.getString(2));
      }
    }
    return all;
  }
}
