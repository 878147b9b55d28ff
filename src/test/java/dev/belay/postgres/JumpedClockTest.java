package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.lease.Renewal;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: the times of verbs that share a call are the server's own, not the last that it told.
 * Method: a function in front of the server's clock, so that it jumps between two calls, as that of
 * a machine that was suspended.
 */
class JumpedClockTest {
  private static final Duration TTL = Duration.ofMinutes(1);

  private String url;
  private Belay belay;
  private WorkQueue queue;

  @BeforeEach
  void open() {
    url = Server.newStore();
    Server.execute(
        url,
        "CREATE TABLE jump (by INTERVAL); INSERT INTO jump VALUES ('0');"
            + " CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
            + " 'SELECT pg_catalog.clock_timestamp() + (SELECT by FROM jump)'");
    belay = Belay.openPostgres(url + ",pg_catalog");
    queue = belay.queue("q");
  }

  @AfterEach
  void close() {
    belay.close();
    Server.drop(url);
  }

  /** Returns an instant that no store was told: the server's, after the jump. */
  private Instant jump() {
    Server.execute(url, "UPDATE jump SET by = '1 hour'");
    return Instant.parse(
            Server.query(
                    url + ",pg_catalog",
                    "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
                .get(0))
        .minusMillis(1);
  }

  @Test
  void a_claim_lasts_its_time() {
    queue.enqueue(NewWork.of("p"));
    Instant jumped = jump();

    Claim claim = queue.claim("w", TTL).orElseThrow();

    assertThat(claim.claimedAt()).isAfter(jumped);
    assertThat(claim.expiresAt()).isEqualTo(claim.claimedAt().plus(TTL));
    assertThat(queue.complete(claim)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.find(claim.workId()).orElseThrow().finishedAt()).isAfter(jumped);
  }

  @Test
  void a_lapsed_claim_is_not_completed() {
    queue.enqueueAll(List.of(NewWork.of("p"), NewWork.of("p").withLane("l")));
    List<Claim> claims = queue.claim("w", TTL, 2);
    jump();

    assertThat(queue.complete(claims.get(0))).isEqualTo(Settlement.CLAIM_LOST);
    assertThat(queue.complete(claims.get(1))).isEqualTo(Settlement.CLAIM_LOST);
  }

  @Test
  void work_and_events_have_the_new_time() {
    belay.sessions().commit(SessionCommit.to("s").append(NewEvent.of("t", "p"))).orThrow();
    queue.enqueue(NewWork.of("p").withLane("l"));
    Instant jumped = jump();

    long alone = queue.enqueue(NewWork.of("p")).workId();
    long laned = queue.enqueue(NewWork.of("p").withLane("l")).workId();
    belay.sessions().commit(SessionCommit.to("s").append(NewEvent.of("t", "p"))).orThrow();

    assertThat(queue.find(alone).orElseThrow().enqueuedAt()).isAfter(jumped);
    assertThat(queue.find(laned).orElseThrow().enqueuedAt()).isAfter(jumped);
    assertThat(belay.sessions().events("s", 1, 10).get(0).at()).isAfter(jumped);
  }

  @Test
  void a_lapsed_lease_is_not_renewed() {
    var lapsed = belay.leases().acquire("l", "h", TTL).granted().orElseThrow();
    jump();

    assertThat(belay.leases().renew(lapsed, TTL)).isInstanceOf(Renewal.Lost.class);
  }
}
