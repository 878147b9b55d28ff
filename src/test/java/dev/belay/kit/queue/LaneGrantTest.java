package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.RETRY;
import static dev.belay.kit.queue.QueueStore.TTL;
import static dev.belay.kit.queue.QueueStore.payloads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.ClaimRenewal;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The front of a lane under one token. */
@OnEachForm(inTurn = true)
class LaneGrantTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void a_grant_is_the_front_of_the_line_under_one_token_and_expiry() {
    addAll("a", "b", "c");

    List<Claim> claims = store.queue().claimLane("l", "w", TTL, 2);

    assertThat(payloads(claims)).containsExactly("a", "b");
    assertThat(claims).extracting(Claim::token).containsOnly(claims.get(0).token());
    assertThat(claims).extracting(Claim::expiresAt).containsOnly(store.clock.instant().plus(TTL));
    assertThat(claims).extracting(Claim::attempt).containsOnly(1);
  }

  @Test
  void a_lane_has_one_live_grant() {
    addAll("a", "b", "c");
    store.queue().claimLane("l", "w", TTL, 1);

    assertThat(store.queue().claimLane("l", "other", TTL, 2)).isEmpty();
    assertThat(store.queue().claim("other", TTL)).isEmpty();
  }

  @Test
  void a_lane_without_work_grants_nothing() {
    assertThat(store.queue().claimLane("l", "w", TTL, 1)).isEmpty();
  }

  @Test
  void a_grant_ends_before_work_that_waits_for_its_retry() {
    addAll("a", "b", "c");
    List<Claim> claims = store.queue().claimLane("l", "w", TTL, 3);
    store.queue().fail(claims.get(1), "no");
    store.queue().release(claims.get(0));

    assertThat(payloads(store.queue().claimLane("l", "w", TTL, 3))).containsExactly("a");
  }

  @Test
  void a_retry_that_is_due_is_part_of_the_front() {
    addAll("a", "b");
    store.queue().fail(store.claim(), "no");
    assertThat(store.queue().claimLane("l", "w", TTL, 2)).isEmpty();
    store.clock.advance(RETRY);

    assertThat(payloads(store.queue().claimLane("l", "w", TTL, 2))).containsExactly("a", "b");
  }

  @Test
  void scheduled_work_that_is_due_is_part_of_the_front() {
    store.add(NewWork.of("a").withLane("l").notBefore(store.clock.instant().plus(MS)));
    store.add(NewWork.of("b").withLane("l").notBefore(store.clock.instant().plus(MS)));
    store.clock.advance(MS);

    assertThat(payloads(store.queue().claimLane("l", "w", TTL, 2))).containsExactly("a", "b");
  }

  @Test
  void renewing_one_claim_renews_all() {
    addAll("a", "b");
    List<Claim> claims = store.queue().claimLane("l", "w", TTL, 2);
    store.clock.advance(TTL.minus(MS));

    ClaimRenewal renewal = store.queue().renew(claims.get(1), TTL);

    assertThat(renewal.renewed().orElseThrow().expiresAt())
        .isEqualTo(store.clock.instant().plus(TTL));
    store.clock.advance(TTL.minus(MS));
    assertThat(store.queue().complete(claims.get(0))).isEqualTo(Settlement.SETTLED);
    assertThat(store.queue().complete(claims.get(1))).isEqualTo(Settlement.SETTLED);
  }

  @Test
  void a_grant_lapses_as_a_whole() {
    addAll("a", "b");
    List<Claim> claims = store.queue().claimLane("l", "w", TTL, 2);
    store.clock.advance(TTL);

    assertThat(store.claim().payload()).isEqualTo("a");
    store.clock.advance(TTL.multipliedBy(-1)); // set back, a dead grant must not come alive
    assertThat(store.queue().complete(claims.get(0))).isEqualTo(Settlement.CLAIM_LOST);
    assertThat(store.queue().release(claims.get(1))).isEqualTo(Settlement.CLAIM_LOST);
    assertThat(store.queue().renew(claims.get(1), TTL).renewed()).isEmpty();
  }

  @Test
  void a_lapsed_grant_that_is_taken_over_does_not_come_alive_when_the_clock_is_set_back() {
    addAll("a", "b");
    List<Claim> dead = store.queue().claimLane("l", "w", TTL, 2);
    store.clock.advance(TTL);
    Claim live = store.queue().claimLane("l", "w", TTL, 1).get(0);
    store.clock.advance(MS.minus(TTL));

    assertThat(store.queue().renew(dead.get(1), TTL).renewed()).isEmpty();
    assertThat(store.queue().renew(live, TTL).renewed()).isPresent();
  }

  @Test
  void a_lapsed_grant_is_taken_over_by_the_next_one() {
    addAll("a", "b");
    store.queue().claimLane("l", "w", TTL, 2);
    store.clock.advance(TTL);

    assertThat(payloads(store.queue().claimLane("l", "w", TTL, 2))).containsExactly("a");
  }

  @Test
  void work_is_finished_front_to_back() {
    addAll("a", "b");
    List<Claim> claims = store.queue().claimLane("l", "w", TTL, 2);

    assertThatIllegalStateException()
        .isThrownBy(() -> store.queue().complete(claims.get(1)))
        .withMessageContaining("earlier work");
    assertThatIllegalStateException().isThrownBy(() -> store.queue().bury(claims.get(1), "no"));
    assertThat(store.queue().complete(claims.get(0))).isEqualTo(Settlement.SETTLED);
    assertThat(store.queue().bury(claims.get(1), "no")).isEqualTo(Settlement.SETTLED);
  }

  @Test
  void work_is_finished_together_in_one_commit() {
    addAll("a", "b");
    List<Claim> claims = store.queue().claimLane("l", "w", TTL, 2);

    store
        .belay()
        .useWrite(tx -> claims.forEach(claim -> store.queue().complete(tx, claim, "done")));

    assertThat(store.queue().stats().done()).isEqualTo(2);
  }

  @Test
  void to_give_one_back_gives_back_what_stands_behind_it() {
    addAll("a", "b", "c");
    List<Claim> claims = store.queue().claimLane("l", "w", TTL, 3);

    assertThat(store.queue().fail(claims.get(1), "no")).isEqualTo(Settlement.SETTLED);

    assertThat(store.queue().complete(claims.get(2))).isEqualTo(Settlement.CLAIM_LOST);
    assertThat(store.work(claims.get(1).workId()).attempt()).isEqualTo(1);
    assertThat(store.work(claims.get(2).workId()).attempt()).isZero();
    assertThat(store.queue().complete(claims.get(0))).isEqualTo(Settlement.SETTLED);
    assertThat(store.queue().claim("w", TTL)).isEmpty();
    store.clock.advance(RETRY);
    assertThat(store.drain()).containsExactly("b", "c");
  }

  @Test
  void deferring_or_releasing_the_head_gives_the_whole_grant_back_uncharged() {
    addAll("a", "b");
    List<Claim> claims = store.queue().claimLane("l", "w", TTL, 2);
    store.queue().release(claims.get(0));
    List<Claim> again = store.queue().claimLane("l", "w", TTL, 2);
    assertThat(again).extracting(Claim::attempt).containsOnly(1);

    store.queue().defer(again.get(0), store.clock.instant().plus(MS));

    assertThat(store.queue().claimLane("l", "w", TTL, 2)).isEmpty();
    store.clock.advance(MS);
    assertThat(store.queue().claimLane("l", "w", TTL, 2))
        .hasSize(2)
        .extracting(Claim::attempt)
        .containsOnly(1);
  }

  @Test
  void work_that_was_asked_to_be_cancelled_is_cancelled_when_it_is_given_back() {
    addAll("a", "b", "c");
    List<Claim> claims = store.queue().claimLane("l", "w", TTL, 3);
    store.queue().cancel(claims.get(1).workId());

    store.queue().release(claims.get(0));

    assertThat(store.state(claims.get(1).workId())).isEqualTo(WorkState.CANCELLED);
    assertThat(store.drain()).containsExactly("a", "c");
  }

  @Test
  void work_right_behind_a_held_grant_joins_it() {
    addAll("a");
    Claim held = store.queue().claimLane("l", "w", TTL, 5).get(0);
    addAll("b", "c", "d");
    store.clock.advance(MS);

    List<Claim> more = store.queue().claimMore(held, 2);

    assertThat(payloads(more)).containsExactly("b", "c");
    assertThat(more).extracting(Claim::token).containsOnly(held.token());
    assertThat(more).extracting(Claim::expiresAt).containsOnly(held.expiresAt());
    assertThat(more).extracting(Claim::worker).containsOnly("w");
    assertThat(more).extracting(Claim::claimedAt).containsOnly(store.clock.instant());
  }

  @Test
  void nothing_joins_a_grant_that_is_not_live_or_in_no_lane() {
    store.add("plain");
    Claim plain = store.claim();
    addAll("a");
    long behind = store.addToLane("l", "b");
    Claim held = store.claim();
    store.clock.advance(TTL);

    assertThat(store.queue().claimMore(plain, 1)).isEmpty();
    assertThat(store.queue().claimMore(held, 1)).isEmpty();
    assertThat(store.state(behind)).isEqualTo(WorkState.WAITING);
  }

  @Test
  void a_grant_does_not_grow_past_its_limit() {
    for (int i = 0; i < WorkQueue.LANE_GRANT_MAX + 1; i++) {
      addAll("p" + i);
    }
    List<Claim> claims = store.queue().claimLane("l", "w", TTL, WorkQueue.LANE_GRANT_MAX - 1);

    assertThat(store.queue().claimMore(claims.get(0), 50)).hasSize(1);
    assertThat(store.queue().claimMore(claims.get(0), 50)).isEmpty();
    assertThat(store.queue().renew(claims.get(0), Duration.ofHours(1)).renewed()).isPresent();
    store.clock.advance(TTL);
    assertThat(store.queue().claim("w", TTL)).isEmpty();
  }

  private void addAll(String... payloads) {
    for (String payload : payloads) {
      store.addToLane("l", payload);
    }
  }
}
