package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.engine.GroupVerbs;
import dev.belay.engine.GroupVerbs.Addition;
import dev.belay.engine.GroupVerbs.Completion;
import dev.belay.engine.GroupVerbs.Take;
import dev.belay.engine.GroupVerbs.Taken;
import dev.belay.engine.StoreEngine;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Goal: a group does the usual case of work in lanes as bodies do, and nothing of any other case.
 * Method: the group's verbs are called directly, so that no body does what they left.
 */
class PgGroupVerbsTest {
  private static final Duration TTL = Duration.ofMinutes(30);

  private String url;
  private Belay belay;
  private WorkQueue queue;
  private StoreEngine engine;
  private GroupVerbs groups;

  @BeforeEach
  void open() {
    url = Server.newStore();
    belay = Belay.openPostgres(url);
    queue = belay.queue("q");
    engine =
        Postgres.open(url, TestOptions.defaults().withCommitGroupMax(1), Duration.ofSeconds(10));
    groups = engine.groups();
  }

  @AfterEach
  void close() {
    engine.close();
    belay.close();
    Server.drop(url);
  }

  @Test
  void a_lane_is_done_in_the_order_of_its_line() {
    assertThat(add("a")).as("the lane has no row yet").isZero();
    enqueue(work("a"));
    long second = add("a");
    long other = add("b");

    assertThat(second).isPositive();
    assertThat(other).isZero();
    Taken first = take();
    assertThat(first.lane()).isEqualTo("a");
    assertThat(groups.take(new Take("q", "w", 1_000, 4))).as("behind the claim").isEmpty();
    assertThat(complete(first)).isTrue();
    assertThat(complete(first)).as("once").isFalse();
    Taken next = take();
    assertThat(next.id()).isEqualTo(second);
    assertThat(next.token()).isGreaterThan(first.token());
    assertThat(complete(next)).isTrue();
    assertThat(queue.stats().done()).isEqualTo(2);
  }

  @Test
  void a_call_claims_of_several_lanes_and_of_none() {
    enqueue(work("a"), work("a"), work("b"), NewWork.of("p"));

    List<Taken> taken = groups.take(new Take("q", "w", TTL.toMillis(), 4));

    assertThat(taken).extracting(Taken::lane).containsExactly("a", "b", null);
    assertThat(groups.complete(taken.stream().map(PgGroupVerbsTest::completion).toList()))
        .containsExactly(true, true, true);
    assertThat(take().lane()).isEqualTo("a");
  }

  /** The JDK closes the socket of a virtual thread that is interrupted while it reads. */
  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void a_virtual_thread_sends_for_nobody() throws Exception {
    CompletableFuture<GroupVerbs> found = new CompletableFuture<>();
    Runnable look = () -> found.complete(engine.groups());
    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, look);

    assertThat(Patience.get(found)).isSameAs(GroupVerbs.NONE);
    assertThat(engine.groups()).isNotSameAs(GroupVerbs.NONE);
  }

  @Test
  void a_lane_that_another_transaction_holds_is_left_out() throws SQLException {
    enqueue(work("a"), work("b"), work("c"));
    Taken held = take();
    try (Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT 1 FROM belay_lane WHERE lane IN ('a', 'b') FOR NO KEY UPDATE");

      assertThat(complete(held)).isFalse();
      assertThat(add("a")).isZero();
      assertThat(add("c")).isPositive();
      assertThat(take().lane()).isEqualTo("c");
      other.rollback();
    }
    assertThat(complete(held)).isTrue();
    assertThat(take().lane()).isEqualTo("b");
  }

  @Test
  void a_claim_with_others_in_its_grant_is_left_out() {
    enqueue(work("a"), work("a"), work("a"));
    List<Claim> grant = queue.claimLane("a", "w", TTL, 2);

    assertThat(complete(grant.get(1))).as("not the head").isFalse();
    assertThat(complete(grant.get(0))).as("not alone").isFalse();
    assertThat(queue.complete(grant.get(0))).isEqualTo(Settlement.SETTLED);
    assertThat(complete(grant.get(1))).isTrue();
    assertThat(take().lane()).isEqualTo("a");
  }

  @Test
  void a_lane_with_due_scheduled_work_is_left_out() {
    enqueue(work("a"));
    enqueue(work("a").notBefore(Instant.now().plusSeconds(3_600)));
    assertThat(add("a")).isPositive();
    Server.execute(url, "UPDATE belay_work SET due_at_ms = 1 WHERE state = 'SCHEDULED'");

    assertThat(add("a")).isZero();
    assertThat(groups.take(new Take("q", "w", 1_000, 4))).isEmpty();
  }

  @Test
  void the_token_of_a_lane_only_grows() {
    enqueue(work("a"), work("a"));
    long last = PgNumbers.NUMBER_MAX / 2;
    Server.execute(url, "UPDATE belay_lane SET token = " + last + " WHERE lane = 'a'");

    assertThat(groups.take(new Take("q", "w", 1_000, 4))).isEmpty();
    assertThat(queue.claim("w", TTL).orElseThrow().token()).isGreaterThan(last);
  }

  @Test
  void the_payloads_of_a_call_have_a_bound_but_one_is_always_taken() {
    String third = "x".repeat(WorkQueue.BATCH_BYTES_MAX / 3);
    for (int i = 0; i < 5; i++) {
      enqueue(NewWork.of(third));
    }
    Server.execute(
        url,
        "UPDATE belay_work SET payload_bytes = 9000000 WHERE id = (SELECT max(id) FROM belay_work)");

    assertThat(groups.take(new Take("q", "w", TTL.toMillis(), 5))).hasSize(3);
    assertThat(groups.take(new Take("q", "w", TTL.toMillis(), 5))).hasSize(1);
    assertThat(groups.take(new Take("q", "w", TTL.toMillis(), 5))).hasSize(1);
  }

  private static NewWork work(String lane) {
    return NewWork.of("p").withLane(lane);
  }

  private void enqueue(NewWork... works) {
    assertThat(queue.enqueueAll(List.of(works))).hasSize(works.length);
  }

  private long add(String lane) {
    return groups.add(new Addition("q", lane, "t", 0, 3, null, "p", 1));
  }

  private Taken take() {
    List<Taken> taken = groups.take(new Take("q", "w", TTL.toMillis(), 1));
    assertThat(taken).hasSize(1);
    return taken.get(0);
  }

  private boolean complete(Taken taken) {
    return groups.complete(List.of(completion(taken))).get(0);
  }

  private boolean complete(Claim claim) {
    return groups
        .complete(List.of(new Completion("q", claim.lane(), claim.workId(), claim.token(), null)))
        .get(0);
  }

  private static Completion completion(Taken taken) {
    return new Completion("q", taken.lane(), taken.id(), taken.token(), "r");
  }
}
