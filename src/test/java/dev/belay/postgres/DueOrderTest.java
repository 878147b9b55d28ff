package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: scheduled work of a lane joins its line in the order of its times, even if the lane was
 * locked for a part of the look. Method: a policy of the table of lanes stops the look at one lane,
 * until the host has given up the lock of another.
 */
class DueOrderTest {
  private static final Duration TTL = Duration.ofMinutes(30);

  private final ManualClock clock = new ManualClock();
  private String url;
  private String role;
  private Belay belay;

  @BeforeEach
  void open() {
    url = Server.newStore();
    String schema = Server.schemaOf(url);
    role = "r_" + schema;
    Server.execute(
        url,
        """
        CREATE ROLE %2$s LOGIN;
        GRANT USAGE ON SCHEMA %1$s TO %2$s;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %1$s TO %2$s;
        CREATE FUNCTION gate(lane TEXT) RETURNS boolean LANGUAGE plpgsql AS
          'BEGIN IF lane = ''gate'' THEN PERFORM pg_advisory_xact_lock(62); END IF; RETURN true; END';
        ALTER TABLE belay_lane ENABLE ROW LEVEL SECURITY;
        CREATE POLICY gated ON belay_lane USING (gate(lane));
        """
            .formatted(schema, role));
    belay =
        Belay.openPostgres(
            url.replace("user=postgres", "user=" + role),
            TestOptions.defaults().withCommitGroupMax(1).withClock(clock));
  }

  @AfterEach
  void close() {
    belay.close();
    Server.drop(url);
    Server.execute(Server.url(), "DROP OWNED BY " + role + "; DROP ROLE " + role);
  }

  @Test
  void a_lane_that_was_locked_at_its_first_row_is_not_joined_by_its_second() throws Exception {
    WorkQueue queue = belay.queue("q");
    schedule(queue, NewWork.of("free"), 1); // it ends the look for whether something is due
    schedule(queue, NewWork.of("first").withLane("l"), 2);
    schedule(queue, NewWork.of("gate").withLane("gate"), 3);
    schedule(queue, NewWork.of("second").withLane("l"), 4);
    clock.advance(Duration.ofSeconds(5));
    try (Connection host = DriverManager.getConnection(url);
        Statement statement = host.createStatement()) {
      host.setAutoCommit(false);
      statement.execute("SELECT 1 FROM belay_lane WHERE lane = 'l' FOR UPDATE");
      statement.execute("SELECT pg_advisory_xact_lock(62)");
      CompletableFuture<Optional<Claim>> claim =
          CompletableFuture.supplyAsync(() -> queue.claim("w", TTL), LaterThreads.EACH);
      Patience.until("the look has passed the first row", this::isAtGate);
      host.commit();
      assertThat(Patience.get(claim)).isPresent();
    }

    List<String> ofLane = new ArrayList<>();
    for (var next = queue.claim("w", TTL); next.isPresent(); next = queue.claim("w", TTL)) {
      next.filter(claim -> "l".equals(claim.lane())).ifPresent(c -> ofLane.add(c.payload()));
      assertThat(queue.complete(next.get())).isNotNull();
    }
    assertThat(ofLane).containsExactly("first", "second");
  }

  private void schedule(WorkQueue queue, NewWork work, int seconds) {
    queue.enqueue(work.notBefore(clock.instant().plusSeconds(seconds)));
  }

  private boolean isAtGate() {
    return !Server.query(
            url,
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 62 AND NOT granted")
        .isEmpty();
  }
}
