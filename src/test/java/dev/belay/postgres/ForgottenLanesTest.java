package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.Requeue;
import dev.belay.queue.WorkQueue;
import dev.belay.store.Tx;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: a purge deletes the rows of lanes that have no unfinished work, and no token of a lane goes
 * back. Method: two stores, as two processes have them, and tokens as of a clock that is ahead.
 */
class ForgottenLanesTest {
  private static final Duration TTL = Duration.ofMinutes(5);
  private static final Instant NEVER = Instant.EPOCH;
  private static final Instant LATER = Instant.parse("2200-01-01T00:00:00Z");

  /** The tokens that a clock has room for in an hour. */
  private static final long HOUR = PgNumbers.BLOCK * Duration.ofHours(1).toMillis();

  private String url;
  private Belay belay;
  private Belay other;

  @BeforeEach
  void open() {
    url = Server.newStore();
    belay = Belay.openPostgres(url, TestOptions.defaults().withCommitGroupMax(1));
    other = Belay.openPostgres(url, TestOptions.defaults().withCommitGroupMax(1));
  }

  @AfterEach
  void close() {
    other.close();
    belay.close();
    Server.drop(url);
  }

  private List<String> lanes() {
    return Server.query(url, "SELECT lane FROM belay_lane ORDER BY lane");
  }

  @Test
  void a_purge_forgets_the_lanes_whose_work_is_finished_and_no_other() {
    WorkQueue queue = belay.queue("q");
    queue.enqueue(NewWork.of("p").withLane("claimed"));
    queue.claimLane("claimed", "w", TTL, 1);
    queue.enqueue(NewWork.of("p").withLane("done"));
    Claim done = queue.claimLane("done", "w", TTL, 1).get(0);
    queue.enqueue(NewWork.of("p").withLane("ready"));
    queue.enqueue(NewWork.of("p").withLane("scheduled").notBefore(LATER));
    queue.complete(done);
    other.queue("another").enqueue(NewWork.of("p").withLane("ready"));

    assertThat(queue.purge(NEVER, 10)).isZero();

    assertThat(lanes()).containsExactly("claimed", "ready", "ready", "scheduled");
    assertThat(queue.claim("w", TTL).orElseThrow().lane()).isEqualTo("ready");
  }

  @Test
  void a_row_that_is_made_while_a_purge_deletes_the_one_before_begins_at_its_token()
      throws Exception {
    try (Connection maker = DriverManager.getConnection(url);
        Connection purge = DriverManager.getConnection(url)) {
      maker.setAutoCommit(false);
      execute(maker, "SELECT pg_advisory_xact_lock(hashtextextended('1ql', %d))", 0x62656c617905L);
      CompletableFuture<Enqueued> enqueued =
          CompletableFuture.supplyAsync(
              () -> belay.queue("q").enqueue(NewWork.of("p").withLane("l")), LaterThreads.EACH);
      Patience.until("it has found no row", () -> waits("advisory"));
      execute(purge, "INSERT INTO belay_lane (queue, lane, token) VALUES ('q', 'l', %d)", HOUR);
      purge.setAutoCommit(false);
      execute(purge, "DELETE FROM belay_lane WHERE token = %d", HOUR);
      execute(purge, "INSERT INTO belay_counter (name, value) VALUES ('lanes of q', %d)", HOUR);
      maker.commit();
      Patience.until("it makes the row", () -> waits("transactionid"));
      purge.commit();

      assertThat(Patience.get(enqueued)).isInstanceOf(Enqueued.Added.class);
    }
    assertThat(Server.query(url, "SELECT token FROM belay_lane")).containsExactly("" + HOUR);
  }

  private static void execute(Connection connection, String sql, long value) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql.formatted(value));
    }
  }

  /** Whether a transaction of this test waits for such a lock. */
  private boolean waits(String type) {
    return !Server.query(
            url,
            "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = '"
                + type
                + "' AND pid IN ("
                + "SELECT pid FROM pg_stat_activity WHERE query LIKE '%lane%' OR query LIKE '%advisory%')")
        .isEmpty();
  }

  @Test
  void the_token_of_a_forgotten_lane_does_not_go_back() {
    for (boolean byLane : List.of(true, false)) {
      WorkQueue queue = belay.queue("q" + byLane);
      queue.enqueue(NewWork.of("p").withLane("l"));
      Claim first = queue.claimLane("l", "w", TTL, 1).get(0);
      queue.complete(first);
      Server.execute(url, "UPDATE belay_lane SET token = token + " + HOUR); // of a clock ahead
      queue.purge(NEVER, 10);
      assertThat(lanes()).isEmpty();

      queue.enqueue(NewWork.of("p").withLane("l"));
      Claim next =
          byLane ? queue.claimLane("l", "w", TTL, 1).get(0) : queue.claim("w", TTL).orElseThrow();

      assertThat(next.token()).isGreaterThan(first.token() + HOUR);
      queue.complete(next);
      queue.purge(NEVER, 10);
    }
  }

  @Test
  void dead_letters_of_a_forgotten_lane_can_be_requeued() {
    WorkQueue queue = belay.queue("q");
    Enqueued.Added added = (Enqueued.Added) queue.enqueue(NewWork.of("p").withLane("l"));
    queue.bury(queue.claimLane("l", "w", TTL, 1).get(0), "broken");
    queue.purge(NEVER, 10);
    assertThat(lanes()).isEmpty();

    assertThat(queue.requeue(added.workId())).isEqualTo(Requeue.REQUEUED);

    assertThat(queue.claim("w", TTL).orElseThrow().lane()).isEqualTo("l");
  }

  @Test
  void one_purge_looks_at_a_bounded_number_of_lanes_and_the_next_goes_on() {
    int lanes = 2 * PgLocks.LANES_MAX + 100;
    Server.execute(
        url,
        "INSERT INTO belay_lane SELECT 'q', 'l' || i, i FROM generate_series(1, " + lanes + ") i");
    WorkQueue queue = belay.queue("q");
    queue.enqueue(NewWork.of("p").withLane("l1")); // stays, at the beginning

    queue.purge(NEVER, 10);
    assertThat(lanes()).hasSize(lanes - PgLocks.LANES_MAX + 1);
    queue.purge(NEVER, 10);
    queue.purge(NEVER, 10);

    assertThat(lanes()).containsExactly("l1");
  }

  @Test
  void a_lane_to_which_a_host_adds_work_is_passed_over() throws Exception {
    WorkQueue queue = belay.queue("q");
    queue.enqueue(NewWork.of("p1").withLane("l"));
    queue.complete(queue.claimLane("l", "w", TTL, 1).get(0));
    try (Connection host = DriverManager.getConnection(url)) {
      host.setAutoCommit(false);
      Tx tx = other.tx().join(host);
      other.queue("q").enqueue(tx, NewWork.of("p2").withLane("l"));

      assertThat(queue.purge(NEVER, 10)).isZero(); // does not wait

      host.commit();
    }
    assertThat(queue.claim("w", TTL).orElseThrow().payload()).isEqualTo("p2");
  }

  @Test
  void work_that_is_added_while_lanes_are_forgotten_can_be_claimed() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    List<CompletableFuture<Void>> users = new ArrayList<>();
    CompletableFuture<Void> purging =
        CompletableFuture.runAsync(
            () -> {
              while (!stop.get()) {
                other.queue("q").purge(NEVER, 10);
              }
            },
            LaterThreads.EACH);
    for (int user = 0; user < 3; user++) {
      String lane = "l" + user;
      users.add(
          CompletableFuture.runAsync(
              () -> {
                WorkQueue queue = belay.queue("q");
                long token = 0;
                for (int i = 0; i < 200; i++) {
                  queue.enqueue(NewWork.of("p" + i).withLane(lane));
                  Claim claim = queue.claimLane(lane, "w", TTL, 1).get(0);
                  assertThat(claim.payload()).isEqualTo("p" + i);
                  assertThat(claim.token()).isGreaterThan(token);
                  token = claim.token();
                  queue.complete(claim);
                }
              },
              LaterThreads.EACH));
    }
    try {
      for (CompletableFuture<Void> user : users) {
        Patience.get(user);
      }
    } finally {
      stop.set(true);
      Patience.get(purging);
    }
    assertThat(Server.query(url, "SELECT value FROM belay_counter WHERE name = 'lanes of q'"))
        .as("the floor of the lanes that were forgotten meanwhile")
        .hasSize(1);
  }
}
