package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.lease.Lease;
import dev.belay.lease.Renewal;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Patience;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: the usual case of a verb takes one round trip. Method: what the calling thread sends is
 * counted; the smallest number of several calls counts, because once a second a call also takes new
 * numbers.
 */
class RoundTripsTest {
  private static final int CALLS = 20;
  private static final Duration TTL = Duration.ofMinutes(30);

  private String url;
  private Belay belay;
  private WorkQueue queue;
  private int number;

  @BeforeEach
  void open() {
    url = Server.newStore();
    belay =
        Belay.openPostgres(
            url + "&sslmode=disable&socketFactory=" + CountedSockets.class.getName());
    queue = belay.queue("q");
  }

  @AfterEach
  void close() {
    belay.close();
    Server.drop(url);
  }

  @Test
  void renewals_and_operations_take_one() {
    Lease lease = belay.leases().acquire("l", "h", TTL).granted().orElseThrow();
    Claim claim = claimed(NewWork.of("p"));
    belay.sessions().commit(SessionCommit.to("s")).orThrow();

    assertThat(fewest(() -> belay.leases().renew(lease, TTL))).isEqualTo(1);
    assertThat(fewest(() -> queue.renew(claim, TTL))).isEqualTo(1);
    assertThat(
            fewest(
                () ->
                    belay
                        .sessions()
                        .commit(
                            SessionCommit.to("s")
                                .operation("op " + number++)
                                .append(NewEvent.of("t", "p")))))
        .isEqualTo(1);
  }

  @Test
  void the_verbs_of_work_and_plain_commits_take_one() {
    belay.sessions().commit(SessionCommit.to("s")).orThrow();

    assertThat(
            fewest(
                () -> belay.sessions().commit(SessionCommit.to("s").append(NewEvent.of("t", "p")))))
        .isEqualTo(1);
    for (NewWork work : new NewWork[] {NewWork.of("p"), NewWork.of("p").withLane("a")}) {
      assertThat(fewest(() -> queue.enqueue(work))).isEqualTo(1);
      int claim = Integer.MAX_VALUE;
      int complete = Integer.MAX_VALUE;
      for (int i = 0; i < CALLS; i++) {
        int before = CountedSockets.sent();
        Claim one = queue.claim("w", TTL).orElseThrow();
        int between = CountedSockets.sent();
        assertThat(queue.complete(one)).isNotNull();
        claim = Math.min(claim, between - before);
        complete = Math.min(complete, CountedSockets.sent() - between);
      }
      assertThat(claim).isEqualTo(1);
      assertThat(complete).isEqualTo(1);
    }
  }

  @Test
  void the_verbs_of_leases_take_one() {
    Lease first = belay.leases().acquire("l", "h", TTL).granted().orElseThrow();
    assertThat(fewest(() -> belay.leases().acquire("l", "other", TTL))).isEqualTo(1);
    assertThat(belay.leases().release(first)).isTrue();
    int acquire = Integer.MAX_VALUE;
    int release = Integer.MAX_VALUE;
    for (int i = 0; i < CALLS; i++) {
      int before = CountedSockets.sent();
      Lease lease = belay.leases().acquire("l", "h", TTL).granted().orElseThrow();
      int between = CountedSockets.sent();
      assertThat(belay.leases().release(lease)).isTrue();
      acquire = Math.min(acquire, between - before);
      release = Math.min(release, CountedSockets.sent() - between);
    }
    assertThat(acquire).isEqualTo(1);
    assertThat(release).isEqualTo(1);
  }

  /** Otherwise the caller would ask again and again until another thread takes the request. */
  @Test
  void a_renewal_that_another_connection_has_to_try_costs_its_caller_one() throws Exception {
    Lease lease = belay.leases().acquire("l", "h", TTL).granted().orElseThrow();
    assertThat(belay.leases().renew(lease, TTL).renewed()).isPresent();
    List<CompletableFuture<?>> locked = new ArrayList<>();
    try (Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      for (int i = 0; i < PgStore.LOCKED_RENEWALS; i++) {
        Lease kept = belay.leases().acquire("kept" + i, "h", TTL).granted().orElseThrow();
        statement.execute("SELECT 1 FROM belay_lease WHERE name = 'kept" + i + "' FOR UPDATE");
        locked.add(
            CompletableFuture.supplyAsync(
                () -> belay.leases().renew(kept, TTL), LaterThreads.EACH));
      }
      Patience.until(
          "both wait for their rows",
          () ->
              Server.query(
                          url,
                          "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                              + " AND query LIKE '%expires_at_ms%'")
                      .size()
                  == PgStore.LOCKED_RENEWALS);

      int before = CountedSockets.sent();
      Renewal shorter = belay.leases().renew(lease, TTL.minusMinutes(1));
      assertThat(CountedSockets.sent() - before).isLessThanOrEqualTo(2); // one asks for plans
      assertThat(shorter.renewed()).isPresent();
      other.rollback();
    }
    for (CompletableFuture<?> one : locked) {
      assertThat(Patience.get(one)).isInstanceOf(Renewal.Renewed.class);
    }
  }

  private Claim claimed(NewWork work) {
    assertThat(queue.enqueue(work)).isNotNull();
    return queue.claim("w", TTL).orElseThrow();
  }

  private static int fewest(Supplier<?> verb) {
    int fewest = Integer.MAX_VALUE;
    for (int i = 0; i < CALLS; i++) {
      int before = CountedSockets.sent();
      assertThat(verb.get()).isNotNull();
      fewest = Math.min(fewest, CountedSockets.sent() - before);
    }
    return fewest;
  }
}
