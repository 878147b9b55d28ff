package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.RETRY;
import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which work comes next, without lanes. */
@OnEachForm(inTurn = true)
class ClaimOrderTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void an_empty_queue_has_nothing_to_claim() {
    assertThat(store.queue().claim("w", TTL)).isEmpty();
    assertThat(store.queue().claim("w", TTL, 10)).isEmpty();
  }

  @Test
  void work_comes_in_the_order_in_which_it_was_enqueued() {
    store.add("a");
    store.add("b");
    store.add("c");

    assertThat(store.drain()).containsExactly("a", "b", "c");
  }

  @Test
  void a_higher_priority_comes_first() {
    store.add(NewWork.of("low").withPriority(Integer.MIN_VALUE));
    store.add("normal");
    store.add(NewWork.of("high").withPriority(Integer.MAX_VALUE));
    store.add(NewWork.of("also high").withPriority(Integer.MAX_VALUE));

    assertThat(store.drain()).containsExactly("high", "also high", "normal", "low");
  }

  @Test
  void a_claim_tells_what_is_to_be_done_and_until_when() {
    long id = store.add(NewWork.of("p").withType("t").withLane("l").withKey("k"));

    Claim claim = store.claim();

    assertThat(claim.queue()).isEqualTo("jobs");
    assertThat(claim.workId()).isEqualTo(id);
    assertThat(claim.worker()).isEqualTo("w");
    assertThat(claim.type()).isEqualTo("t");
    assertThat(claim.payload()).isEqualTo("p");
    assertThat(claim.lane()).isEqualTo("l");
    assertThat(claim.attempt()).isEqualTo(1);
    assertThat(claim.claimedAt()).isEqualTo(store.clock.instant());
    assertThat(claim.expiresAt()).isEqualTo(store.clock.instant().plus(TTL));
  }

  @Test
  void a_batch_is_in_the_same_order_and_each_claim_is_a_grant_of_its_own() {
    store.add("b");
    store.add(NewWork.of("a").withPriority(1));
    store.add("c");

    List<Claim> claims = store.queue().claim("w", TTL, 2);

    assertThat(QueueStore.payloads(claims)).containsExactly("a", "b");
    assertThat(claims.get(0).token()).isLessThan(claims.get(1).token());
    assertThat(store.queue().complete(claims.get(1))).isEqualTo(Settlement.SETTLED);
    assertThat(store.queue().complete(claims.get(0))).isEqualTo(Settlement.SETTLED);
  }

  @Test
  void scheduled_work_cannot_be_claimed_until_the_very_millisecond() {
    long id = store.add(NewWork.of("a").notBefore(store.clock.instant().plus(MS)));

    assertThat(store.state(id)).isEqualTo(WorkState.SCHEDULED);
    assertThat(store.queue().claim("w", TTL)).isEmpty();
    store.clock.advance(MS);
    assertThat(store.claim().payload()).isEqualTo("a");
  }

  @Test
  void a_time_between_two_milliseconds_is_the_later_one() {
    store.add(NewWork.of("a").notBefore(store.clock.instant().plusNanos(1)));

    assertThat(store.queue().claim("w", TTL)).isEmpty();
    store.clock.advance(MS);
    assertThat(store.claim().payload()).isEqualTo("a");
  }

  @Test
  void work_scheduled_for_the_past_is_ready_at_once() {
    long id = store.add(NewWork.of("a").notBefore(store.clock.instant()));

    assertThat(store.state(id)).isEqualTo(WorkState.READY);
    assertThat(store.work(id).notBefore()).isNull();
  }

  @Test
  void scheduled_work_that_is_due_takes_the_place_of_its_priority_and_id() {
    store.add(NewWork.of("b").notBefore(store.clock.instant().plus(RETRY)));
    store.add(NewWork.of("a").withPriority(1).notBefore(store.clock.instant().plus(RETRY)));
    store.add("c");
    store.clock.advance(RETRY);

    assertThat(store.drain()).containsExactly("a", "b", "c");
  }

  @Test
  void work_of_another_queue_is_not_claimed() {
    store.belay().queue("other").enqueue(NewWork.of("theirs"));

    assertThat(store.queue().claim("w", TTL)).isEmpty();
  }

  @Test
  void more_due_work_than_one_round_promotes_is_claimed_to_the_last() {
    int count = 513;
    for (int i = 0; i < count; i++) {
      store.add(NewWork.of("p").notBefore(store.clock.instant().plus(MS)));
    }
    store.clock.advance(MS);

    assertThat(store.drain()).hasSize(count);
  }

  @Test
  void a_batch_is_as_large_as_was_asked_for_though_more_falls_due_than_one_round_promotes() {
    int count = WorkQueue.CLAIMS_MAX;
    for (int i = 0; i < count; i++) {
      store.add(NewWork.of("p").notBefore(store.clock.instant().plus(MS)));
    }
    store.clock.advance(MS);

    assertThat(store.queue().claim("w", TTL, count)).hasSize(count);
  }
}
