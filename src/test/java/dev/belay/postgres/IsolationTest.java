package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: every transaction that writes is READ COMMITTED, whatever the default of the database, the
 * role or the URL is. Method: triggers note the isolation of the transactions that change a table.
 */
class IsolationTest {
  private static final Duration TTL = Duration.ofMinutes(30);

  private static final String IS_OWN =
      "relkind = 'r' AND relname LIKE 'belay%' AND relname NOT LIKE '%history'"
          + " AND relnamespace = current_schema()::regnamespace";

  private static final String WAITING =
      "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE"
          + " '%belay_counter%'";

  private static final String SETTING = "current_setting('transaction_isolation')";

  private String url;

  @BeforeEach
  void create() {
    url = Server.newStore();
    Server.execute(
        url,
        """
        CREATE TABLE seen (changed TEXT, isolation TEXT);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO seen VALUES (TG_TABLE_NAME, current_setting(''transaction_isolation''));
                 RETURN NULL; END';
        """);
    for (String table : Server.query(url, "SELECT relname FROM pg_class WHERE " + IS_OWN)) {
      Server.execute(
          url,
          "CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON "
              + table
              + " EXECUTE FUNCTION note()");
    }
  }

  @AfterEach
  void drop() {
    Server.drop(url);
  }

  @Test
  void verbs_bodies_groups_and_renewals_are_read_committed() {
    try (Belay belay = open()) {
      WorkQueue queue = belay.queue("q");
      queue.enqueue(NewWork.of("p"));
      queue.enqueue(NewWork.of("p").withLane("l"));
      Claim claim = queue.claim("w", TTL).orElseThrow();
      assertThat(queue.renew(claim, TTL.plusMinutes(1)).renewed()).isPresent();
      assertThat(queue.complete(claim)).isNotNull();
      Lease lease = belay.leases().acquire("l", "h", TTL).granted().orElseThrow();
      assertThat(belay.leases().renew(lease, TTL.plusMinutes(1)).renewed()).isPresent();
      belay.sessions().commit(SessionCommit.to("s").append(NewEvent.of("t", "p"))).orThrow();
      belay.sessions().commit(SessionCommit.to("s").append(NewEvent.of("t", "p"))).orThrow();
      belay.write(tx -> tx.handle().execute("INSERT INTO seen SELECT 'a body', " + SETTING));
    }

    assertThat(
            Server.query(
                url,
                "SELECT DISTINCT changed || ': ' || isolation FROM seen WHERE changed <> 'belay_counter'"))
        .contains("a body: read committed", "belay_work: read committed")
        .contains("belay_lane: read committed", "belay_lease: read committed")
        .allMatch(seen -> seen.endsWith(": read committed"));
  }

  @Test
  void numbers_that_another_process_took_first_are_taken_again() throws Exception {
    try (Belay belay = open();
        Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("UPDATE belay_counter SET value = value + 1 WHERE name = 'block'");
      CompletableFuture<Enqueued> enqueued =
          CompletableFuture.supplyAsync(
              () -> belay.queue("q").enqueue(NewWork.of("p")), LaterThreads.EACH);
      Patience.until("it waits for the counter", () -> !Server.query(url, WAITING).isEmpty());
      other.commit();

      assertThat(Patience.get(enqueued)).isInstanceOf(Enqueued.Added.class);
    }
  }

  private Belay open() {
    String options = "&options=-c%20default_transaction_isolation=repeatable%5C%20read";
    return Belay.openPostgres(url + options, TestOptions.defaults().withCommitGroupMax(1));
  }
}
