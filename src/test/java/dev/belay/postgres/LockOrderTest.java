package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.Tx;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: verbs take locks in one order, so that no two wait for each other. Method: a host holds one
 * lock of the order, and a call that needs it, and whose arguments are in the opposite order, waits
 * for it; meanwhile every lock behind it in the order must be free.
 */
class LockOrderTest {
  private static final Duration TTL = Duration.ofMinutes(30);
  private static final String DATABASE = "lock_order";
  private static final int ROUNDS = 50;

  private final AtomicInteger names = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private String url;
  private Belay belay;

  @BeforeEach
  void open() {
    Server.execute(Server.url(), "CREATE DATABASE " + DATABASE);
    url = Server.url().replace("/postgres?", "/" + DATABASE + "?");
    belay =
        Belay.openPostgres(
            url + "&ApplicationName=order", TestOptions.defaults().withCommitGroupMax(1));
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    belay.close();
    Server.execute(Server.url(), "DROP DATABASE " + DATABASE + " WITH (FORCE)");
  }

  /** A call, and the rows that it locks, in the order of locks. */
  private record Locking(List<String> rows, Runnable call) {}

  private interface Maker {
    Locking make();
  }

  @Test
  void a_commit_locks_session_leases_lanes_and_work_whatever_the_order_of_its_arguments()
      throws Exception {
    assertOrder(
        7,
        () -> {
          String own = "n" + names.incrementAndGet();
          Parts parts = new Parts(own);
          SessionCommit commit = parts.commit(own, true);
          return new Locking(
              List.of(
                  "belay_session WHERE id = '" + own + "'",
                  "belay_lease WHERE name = '" + own + "a'",
                  "belay_lease WHERE name = '" + own + "b'",
                  "belay_lane WHERE lane = '" + own + "a'",
                  "belay_lane WHERE lane = '" + own + "b'",
                  "belay_work WHERE id = " + parts.claims.get(0).workId(),
                  "belay_work WHERE id = " + parts.claims.get(1).workId()),
              () -> belay.sessions().commit(commit).orThrow());
        });
  }

  @Test
  void works_of_several_lanes_lock_the_lanes_in_their_order() throws Exception {
    assertOrder(
        2,
        () -> {
          String own = "n" + names.incrementAndGet();
          WorkQueue queue = belay.queue("q");
          List<NewWork> works =
              List.of(NewWork.of("p").withLane(own + "b"), NewWork.of("p").withLane(own + "a"));
          assertThat(queue.enqueueAll(works)).hasSize(2);
          return new Locking(
              List.of(
                  "belay_lane WHERE lane = '" + own + "a'",
                  "belay_lane WHERE lane = '" + own + "b'"),
              () -> assertThat(queue.enqueueAll(works)).hasSize(2));
        });
  }

  @Test
  void verbs_of_work_in_a_lane_lock_the_lane_before_the_work() throws Exception {
    List<Maker> makers =
        List.of(
            () -> laned((queue, claim) -> assertThat(queue.complete(claim)).isNotNull()),
            () -> laned((queue, claim) -> assertThat(queue.fail(claim, "x")).isNotNull()),
            () -> laned((queue, claim) -> assertThat(queue.release(claim)).isNotNull()),
            () -> laned((queue, claim) -> assertThat(queue.renew(claim, TTL)).isNotNull()),
            () -> laned((queue, claim) -> assertThat(queue.cancel(claim.workId())).isNotNull()),
            () -> laned((queue, claim) -> assertThat(queue.claimMore(claim, 1)).isEmpty()));
    for (Maker maker : makers) {
      assertOrder(1, maker);
    }
  }

  private interface Verb {
    void of(WorkQueue queue, Claim claim);
  }

  private Locking laned(Verb verb) {
    String lane = "n" + names.incrementAndGet();
    WorkQueue queue = belay.queue("q");
    assertThat(queue.enqueue(NewWork.of("p").withLane(lane))).isNotNull();
    Claim claim = queue.claimLane(lane, "w", TTL, 1).get(0);
    return new Locking(
        List.of(
            "belay_lane WHERE lane = '" + lane + "'", "belay_work WHERE id = " + claim.workId()),
        () -> verb.of(queue, claim));
  }

  @Test
  void commits_with_opposite_arguments_at_once_never_deadlock() throws Exception {
    String one = "n" + names.incrementAndGet();
    Parts first = new Parts(one);
    for (int round = 0; round < ROUNDS; round++) {
      Parts second = first.withNewClaims();
      List<Future<?>> commits = new ArrayList<>();
      for (boolean reverse : List.of(true, false)) {
        SessionCommit commit = (reverse ? second : first).commit(one + reverse, reverse);
        commits.add(threads.submit(() -> belay.sessions().commit(commit).orThrow()));
      }
      for (Future<?> commit : commits) {
        assertThat(Patience.get(commit)).isNotNull();
      }
      first = first.withNewClaims();
    }
    belay.close(); // the server counts when a connection ends
    assertThat(deadlocks()).isZero();
  }

  @Test
  void bodies_that_break_the_order_are_run_again_and_succeed() throws Exception {
    String own = "n" + names.incrementAndGet();
    CountDownLatch bothHold = new CountDownLatch(2);
    AtomicInteger runs = new AtomicInteger();
    List<CompletableFuture<Integer>> bodies = new ArrayList<>();
    for (List<String> lanes :
        List.of(List.of(own + "a", own + "b"), List.of(own + "b", own + "a"))) {
      bodies.add(
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    runs.incrementAndGet();
                    enqueue(tx, lanes.get(0));
                    bothHold.countDown();
                    Patience.await(bothHold);
                    enqueue(tx, lanes.get(1));
                    return 1;
                  }));
    }
    for (CompletableFuture<Integer> body : bodies) {
      assertThat(Patience.get(body)).isEqualTo(1);
    }
    assertThat(runs).hasValue(3);
    assertThat(belay.queue("q").stats().ready()).isEqualTo(2);
    assertThat(belay.queue("q").lane(own + "a", 10)).hasSize(2);
    assertThat(belay.queue("q").lane(own + "b", 10)).hasSize(2);
    belay.close();
    assertThat(deadlocks()).isEqualTo(1);
  }

  private void enqueue(Tx tx, String lane) {
    assertThat(belay.queue("q").enqueue(tx, NewWork.of("p").withLane(lane))).isNotNull();
  }

  private static long deadlocks() throws SQLException {
    try (Connection connection = DriverManager.getConnection(Server.url())) {
      return Long.parseLong(
          text(
              connection,
              "SELECT deadlocks FROM pg_stat_database WHERE datname = '" + DATABASE + "'"));
    }
  }

  /** Two leases, two lanes and two claims, whose names are in order. */
  private final class Parts {
    private final String own;
    private final List<Lease> leases;
    private final List<Claim> claims = new ArrayList<>();

    Parts(String own) {
      this(own, new ArrayList<>());
      belay.sessions().commit(SessionCommit.to(own).append(NewEvent.of("t", "p"))).orThrow();
      for (String name : List.of("a", "b")) {
        leases.add(belay.leases().acquire(own + name, "h", TTL).granted().orElseThrow());
        assertThat(belay.queue("q").enqueue(NewWork.of("p").withLane(own + name))).isNotNull();
      }
    }

    private Parts(String own, List<Lease> leases) {
      this.own = own;
      this.leases = leases;
      WorkQueue queue = belay.queue(own);
      assertThat(queue.enqueueAll(List.of(NewWork.of("p"), NewWork.of("p")))).hasSize(2);
      claims.addAll(queue.claim("w", TTL, 2));
    }

    Parts withNewClaims() {
      return new Parts(own, leases);
    }

    SessionCommit commit(String session, boolean reverse) {
      SessionCommit commit = SessionCommit.to(session).append(NewEvent.of("t", "p"));
      List<Integer> order = new ArrayList<>(List.of(0, 1));
      if (reverse) {
        Collections.reverse(order);
      }
      for (int i : order) {
        commit =
            commit
                .complete(claims.get(i))
                .enqueue("q", NewWork.of("p").withLane(own + "ab".charAt(i)))
                .fencedBy(leases.get(i));
      }
      return commit;
    }
  }

  /** Holds each of the first {@code held} locks of a new call while it runs. */
  private void assertOrder(int held, Maker maker) throws Exception {
    for (int i = 0; i < held; i++) {
      Locking locking = maker.make();
      try (Connection host = DriverManager.getConnection(url)) {
        host.setAutoCommit(false);
        assertThat(text(host, "SELECT 1 FROM " + locking.rows().get(i) + " FOR UPDATE"))
            .isEqualTo("1");
        Future<?> call = threads.submit(locking.call());
        Patience.until("the call waits or has ended", () -> call.isDone() || isWaiting());
        assertThat(call.isDone()).as("needs %s", locking.rows().get(i)).isFalse();
        for (String behind : locking.rows().subList(i + 1, locking.rows().size())) {
          assertThat(text(host, "SELECT 1 FROM " + behind + " FOR UPDATE SKIP LOCKED"))
              .as("%s, while %s is awaited", behind, locking.rows().get(i))
              .isEqualTo("1");
        }
        host.rollback();
        assertThat(Patience.get(call)).isNull();
      }
    }
  }

  private boolean isWaiting() {
    try (Connection connection = DriverManager.getConnection(url)) {
      return text(
              connection,
              "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'order'"
                  + " AND wait_event_type = 'Lock'")
          .equals("1");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first column of the first row; empty without rows. */
  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getString(1) : "";
    }
  }
}
