package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.Belay;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: verbs take part in a transaction of the host, which alone ends it. Method: the host has a
 * connection of its own, with a row of its own beside what Belay writes.
 */
class JoinTest {
  private static final Duration TTL = Duration.ofSeconds(30);

  private String url;
  private Belay belay;
  private Connection host;
  private final List<String> hooks = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() throws SQLException {
    url = Server.newStore();
    belay = Belay.openPostgres(url, TestOptions.defaults().withCommitGroupMax(1));
    host = DriverManager.getConnection(url);
    execute("CREATE TABLE orders (id INT PRIMARY KEY)");
    host.setAutoCommit(false);
  }

  @AfterEach
  void close() throws SQLException {
    host.close();
    belay.close();
    Server.drop(url);
  }

  @Test
  void what_is_enqueued_with_the_hosts_rows_lasts_with_them() throws SQLException {
    WorkQueue queue = belay.queue("q");
    AtomicInteger hooks = new AtomicInteger();
    Tx tx = belay.tx().join(host);
    execute("INSERT INTO orders VALUES (1)");
    queue.enqueue(tx, NewWork.of("ship 1"));
    belay.sessions().commit(tx, SessionCommit.to("s").append(NewEvent.of("t", "p"))).orThrow();
    tx.afterCommit(hooks::incrementAndGet);

    assertThat(queue.claim("w", TTL)).isEmpty();
    host.commit();

    assertThat(queue.claim("w", TTL).orElseThrow().payload()).isEqualTo("ship 1");
    assertThat(belay.sessions().find("s")).isPresent();
    Patience.until("the hook runs", () -> hooks.get() == 1);
  }

  @Test
  void what_is_rolled_back_with_the_hosts_rows_leaves_nothing() throws SQLException {
    AtomicInteger hooks = new AtomicInteger();
    Tx tx = belay.tx().join(host);
    belay.queue("q").enqueue(tx, NewWork.of("p"));
    tx.afterCommit(hooks::incrementAndGet);
    host.rollback();

    assertThat(belay.queue("q").claim("w", TTL)).isEmpty();
    Tx next = belay.tx().join(host);
    next.afterCommit(() -> hooks.addAndGet(10));
    host.commit();
    Patience.until("the hook of the second runs", () -> hooks.get() == 10);
  }

  @Test
  void a_verb_that_throws_has_changed_nothing_and_the_transaction_goes_on() throws SQLException {
    WorkQueue queue = belay.queue("q");
    Enqueued.Added added = (Enqueued.Added) queue.enqueue(NewWork.of("p").withKey("k"));
    execute("INSERT INTO orders VALUES (1)");
    execute("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE; END'");
    execute("CREATE TRIGGER no BEFORE INSERT ON belay_work_payload EXECUTE FUNCTION fail()");
    Tx tx = belay.tx().join(host);

    assertThatThrownBy(() -> queue.enqueue(tx, NewWork.of("p2"))).isNotNull();
    execute("DROP TRIGGER no ON belay_work_payload");
    queue.enqueue(tx, NewWork.of("p3"));
    host.commit();

    assertThat(queue.claim("w", TTL, 10))
        .extracting(claim -> claim.payload())
        .containsExactly("p", "p3");
    assertThat(queue.find(added.workId())).isPresent();
  }

  @Test
  void a_connection_without_a_transaction_or_without_the_tables_is_refused() throws SQLException {
    host.rollback();
    host.setAutoCommit(true);
    assertThatIllegalArgumentException().isThrownBy(() -> belay.tx().join(host));
    try (Connection elsewhere = DriverManager.getConnection(Server.url())) {
      elsewhere.setAutoCommit(false);
      assertThatIllegalArgumentException().isThrownBy(() -> belay.tx().join(elsewhere));
    }
  }

  @Test
  void a_thread_that_waits_finds_what_the_host_committed() throws Exception {
    WorkQueue queue = belay.queue("q");
    Tx tx = belay.tx().join(host);
    queue.enqueue(tx, NewWork.of("p"));
    var claimed = new CompletableFuture<String>();
    Thread waiter =
        new Thread(
            () -> {
              try {
                claimed.complete(queue.claim("w", TTL, 1, Duration.ofMinutes(1)).get(0).payload());
              } catch (InterruptedException e) {
                claimed.completeExceptionally(e);
              }
            });
    waiter.start();
    host.commit();

    assertThat(Patience.get(claimed)).isEqualTo("p");
  }

  private interface Ending {
    void of(Connection host) throws SQLException;
  }

  /** Each way in which a host ends a transaction, and perhaps begins another one. */
  private static Map<String, Ending> endings() {
    return Map.of(
        "commit",
        Connection::commit,
        "rollback",
        Connection::rollback,
        "commit by a statement",
        host -> execute(host, "COMMIT"),
        "autocommit",
        host -> host.setAutoCommit(true),
        "close",
        Connection::close,
        "commit and another transaction",
        host -> {
          host.commit();
          execute(host, "INSERT INTO orders VALUES (2)");
        },
        "rollback and another transaction that has only read",
        host -> {
          host.rollback();
          execute(host, "SELECT 1");
        },
        "commit and another transaction that has failed",
        host -> {
          host.commit();
          assertThatThrownBy(() -> execute(host, "SELECT 1 / 0")).isNotNull();
        });
  }

  /** Each way to use a Tx, with what was got from it before. */
  private Map<String, Runnable> uses(Tx tx) {
    WorkQueue queue = belay.queue("q");
    Handle handle = tx.handle();
    UseDao dao = tx.attach(UseDao.class);
    return Map.of(
        "verb", () -> queue.enqueue(tx, NewWork.of("late")),
        "reading verb", () -> queue.find(tx, 1),
        "hook", () -> tx.afterCommit(() -> hooks.add("late")),
        "now", tx::now,
        "writable", tx::writable,
        "handle", () -> handle.execute("INSERT INTO orders VALUES (3)"),
        "DAO", dao::insert,
        "new handle", tx::handle,
        "new DAO", () -> tx.attach(UseDao.class));
  }

  @Test
  void a_tx_is_refused_at_its_next_use_however_the_host_ended_its_transaction() throws Exception {
    try (HikariDataSource pool = pool()) {
      for (boolean pooled : List.of(false, true)) {
        for (Map.Entry<String, Ending> ending : endings().entrySet()) {
          Connection host = pooled ? pool.getConnection() : DriverManager.getConnection(url);
          try (host) {
            host.setAutoCommit(false);
            Map<String, Runnable> uses = uses(belay.tx().join(host));
            ending.getValue().of(host);
            boolean isIdle = !host.isClosed() && PgHostTransaction.isIdle(host);

            uses.forEach((use, run) -> assertRefused(use + " after " + ending.getKey(), run));
            assertThat(!host.isClosed() && PgHostTransaction.isIdle(host))
                .as("no use begins a transaction after %s", ending.getKey())
                .isEqualTo(isIdle);
            if (!host.isClosed() && !host.getAutoCommit()) {
              host.commit();
            }
          }
          execute(this.host, "DELETE FROM orders WHERE id = 2");
          this.host.commit();
        }
      }
    }
    assertThat(belay.queue("q").claim("w", TTL)).isEmpty();
    assertThat(Server.query(url, "SELECT id FROM orders")).isEmpty();
    assertThat(hooks).isEmpty();
  }

  @Test
  void a_tx_is_refused_after_its_connection_went_back_to_the_pool_and_to_another_host()
      throws Exception {
    try (HikariDataSource pool = pool()) {
      Connection first = pool.getConnection();
      first.setAutoCommit(false);
      Map<String, Runnable> uses = uses(belay.tx().join(first));
      first.commit();
      first.close();
      try (Connection second = pool.getConnection()) {
        second.setAutoCommit(false);
        execute(second, "INSERT INTO orders VALUES (2)");

        uses.forEach((use, run) -> assertRefused(use, run));
        second.commit();
      }
    }
    assertThat(Server.query(url, "SELECT id FROM orders")).containsExactly("2");
    assertThat(hooks).isEmpty();
  }

  @Test
  void a_tx_goes_on_after_the_host_returned_to_a_savepoint() throws SQLException {
    Tx tx = belay.tx().join(host);
    Savepoint before = host.setSavepoint();
    assertThatThrownBy(() -> execute("SELECT 1 / 0")).isNotNull();
    assertThatThrownBy(() -> belay.queue("q").enqueue(tx, NewWork.of("failed")))
        .isInstanceOf(StoreException.class);
    host.rollback(before);

    belay.queue("q").enqueue(tx, NewWork.of("p"));
    host.commit();

    assertThat(belay.queue("q").claim("w", TTL).orElseThrow().payload()).isEqualTo("p");
  }

  /** A connection that is closed, and a transaction that has failed, can say no more. */
  private static void assertRefused(String use, Runnable run) {
    assertThatThrownBy(run::run)
        .as(use)
        .isInstanceOfAny(IllegalStateException.class, StoreException.class);
  }

  private HikariDataSource pool() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(1);
    return new HikariDataSource(config);
  }

  /** A DAO of the application. */
  interface UseDao {
    @SqlUpdate("INSERT INTO orders VALUES (4)")
    void insert();
  }

  private void execute(String sql) throws SQLException {
    execute(host, sql);
  }

  private static void execute(Connection host, String sql) throws SQLException {
    try (Statement statement = host.createStatement()) {
      statement.execute(sql);
    }
  }
}
