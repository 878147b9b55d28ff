package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Requeue;
import dev.belay.queue.WorkState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Work that is to be tried after all. */
@OnEachForm(inTurn = true)
class RequeueTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void buried_work_starts_again_with_all_its_attempts() {
    long id = store.add(NewWork.of("a").withAttemptsMax(1));
    store.queue().fail(store.claim(), "no");

    assertThat(store.queue().requeue(id)).isEqualTo(Requeue.REQUEUED);

    assertThat(store.state(id)).isEqualTo(WorkState.READY);
    assertThat(store.work(id).attempt()).isZero();
    assertThat(store.work(id).finishedAt()).isNull();
    assertThat(store.work(id).notBefore()).isNull();
    assertThat(store.claim().attempt()).isEqualTo(1);
  }

  @Test
  void the_wish_to_cancel_is_forgotten() {
    long id = store.add("a");
    Claim claim = store.claim();
    store.queue().cancel(id);
    store.queue().release(claim);

    store.queue().requeue(id);

    assertThat(store.work(id).cancelRequested()).isFalse();
    assertThat(store.drain()).containsExactly("a");
  }

  @Test
  void an_earlier_lapse_is_forgotten() {
    long id = store.add(NewWork.of("a").withAttemptsMax(1));
    store.claim();
    store.clock.advance(TTL);
    store.queue().claim("w", TTL);
    store.add("b");

    store.queue().requeue(id);

    assertThat(store.queue().claim("w", TTL, 2)).hasSize(2);
  }

  @Test
  void without_a_lane_it_has_the_place_of_its_id_again() {
    long id = store.add("a");
    store.add("b");
    store.queue().cancel(id);

    store.queue().requeue(id);

    assertThat(store.drain()).containsExactly("a", "b");
  }

  @Test
  void released_work_has_the_place_of_its_id_again() {
    store.add("a");
    store.add("b");

    store.queue().release(store.claim());

    assertThat(store.drain()).containsExactly("a", "b");
  }

  @Test
  void in_a_lane_it_goes_to_the_end_of_the_line() {
    long id = store.addToLane("l", "a");
    store.addToLane("l", "b");
    store.queue().cancel(id);
    store.add(NewWork.of("due").withLane("l").notBefore(store.clock.instant().plus(MS)));
    store.clock.advance(MS);

    assertThat(store.queue().requeue(id)).isEqualTo(Requeue.REQUEUED);

    assertThat(store.drain()).containsExactly("b", "due", "a");
  }

  @Test
  void in_an_empty_lane_it_is_ready() {
    long id = store.addToLane("l", "a");
    store.queue().cancel(id);

    store.queue().requeue(id);

    assertThat(store.state(id)).isEqualTo(WorkState.READY);
  }

  @Test
  void work_that_is_done_or_unfinished_is_not_requeued() {
    long done = store.add("a");
    store.drain();
    long ready = store.add("b");

    assertThat(store.queue().requeue(done)).isEqualTo(Requeue.DONE);
    assertThat(store.queue().requeue(ready)).isEqualTo(Requeue.NOT_FINISHED);
    store.claim();
    assertThat(store.queue().requeue(ready)).isEqualTo(Requeue.NOT_FINISHED);
    assertThat(store.queue().requeue(ready + 1)).isEqualTo(Requeue.NOT_FOUND);
    assertThat(store.belay().queue("other").requeue(done)).isEqualTo(Requeue.NOT_FOUND);
  }
}
