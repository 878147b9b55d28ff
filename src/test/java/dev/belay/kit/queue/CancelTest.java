package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Cancellation;
import dev.belay.queue.Claim;
import dev.belay.queue.ClaimRenewal;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkState;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cancelling work in each of its states. */
@OnEachForm(inTurn = true)
class CancelTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void unclaimed_work_is_cancelled_at_once() {
    long ready = store.add("a");
    long scheduled = store.add(NewWork.of("b").notBefore(store.clock.instant().plus(MS)));

    assertThat(store.queue().cancel(ready)).isEqualTo(Cancellation.CANCELLED);
    assertThat(store.queue().cancel(scheduled)).isEqualTo(Cancellation.CANCELLED);

    assertThat(store.state(ready)).isEqualTo(WorkState.CANCELLED);
    assertThat(store.work(ready).finishedAt()).isEqualTo(store.clock.instant());
    store.clock.advance(TTL);
    assertThat(store.drain()).isEmpty();
  }

  @Test
  void finished_and_unknown_work_is_not_cancelled() {
    long id = store.add("a");
    store.drain();

    assertThat(store.queue().cancel(id)).isEqualTo(Cancellation.FINISHED);
    assertThat(store.queue().cancel(id + 1)).isEqualTo(Cancellation.NOT_FOUND);
    assertThat(store.belay().queue("other").cancel(id)).isEqualTo(Cancellation.NOT_FOUND);
    assertThat(store.state(id)).isEqualTo(WorkState.DONE);
  }

  @Test
  void the_holder_sees_the_wish_at_its_next_renewal_and_may_complete() {
    long id = store.add("a");
    Claim claim = store.claim();
    assertThat(cancelRequested(claim)).isFalse();

    assertThat(store.queue().cancel(id)).isEqualTo(Cancellation.REQUESTED);
    assertThat(store.queue().cancel(id)).isEqualTo(Cancellation.REQUESTED);

    assertThat(cancelRequested(claim)).isTrue();
    assertThat(store.work(id).cancelRequested()).isTrue();
    assertThat(store.queue().complete(claim)).isEqualTo(Settlement.SETTLED);
    assertThat(store.state(id)).isEqualTo(WorkState.DONE);
  }

  @Test
  void whatever_gives_unwanted_work_back_cancels_it() {
    assertThat(stateAfter(claim -> store.queue().fail(claim, "no"))).isEqualTo(WorkState.CANCELLED);
    assertThat(stateAfter(claim -> store.queue().release(claim))).isEqualTo(WorkState.CANCELLED);
    assertThat(stateAfter(claim -> store.queue().defer(claim, store.clock.instant().plus(TTL))))
        .isEqualTo(WorkState.CANCELLED);
  }

  @Test
  void unwanted_work_that_lapses_is_cancelled_even_on_its_last_attempt() {
    long id = store.add(NewWork.of("a").withAttemptsMax(1));
    store.claim();
    store.queue().cancel(id);
    store.clock.advance(TTL);

    assertThat(store.queue().claim("w", TTL)).isEmpty();
    assertThat(store.state(id)).isEqualTo(WorkState.CANCELLED);
  }

  @Test
  void a_lapsed_claim_counts_as_unclaimed() {
    long id = store.add(NewWork.of("a").withAttemptsMax(1));
    Claim claim = store.claim();
    store.clock.advance(TTL);

    assertThat(store.queue().cancel(id)).isEqualTo(Cancellation.CANCELLED);

    assertThat(store.state(id)).isEqualTo(WorkState.CANCELLED);
    assertThat(store.queue().complete(claim)).isEqualTo(Settlement.CLAIM_LOST);
  }

  @Test
  void cancelling_inside_a_lapsed_lane_grant_ends_the_grant_and_keeps_the_rest_in_order() {
    store.addToLane("l", "a");
    long second = store.addToLane("l", "b");
    store.addToLane("l", "c");
    store.queue().claimLane("l", "w", TTL, 3);
    store.clock.advance(TTL);

    assertThat(store.queue().cancel(second)).isEqualTo(Cancellation.CANCELLED);

    assertThat(store.drain()).containsExactly("a", "c");
  }

  private boolean cancelRequested(Claim claim) {
    return store.queue().renew(claim, TTL) instanceof ClaimRenewal.Renewed renewed
        && renewed.cancelRequested();
  }

  private WorkState stateAfter(Function<Claim, Settlement> settle) {
    long id = store.add("a");
    Claim claim = store.claim();
    store.queue().cancel(id);
    assertThat(settle.apply(claim)).isEqualTo(Settlement.SETTLED);
    return store.state(id);
  }
}
