package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.Tx;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
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

  private void execute(String sql) throws SQLException {
    try (Statement statement = host.createStatement()) {
      statement.execute(sql);
    }
  }
}
