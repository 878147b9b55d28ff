package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.RETRY;
import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Cancellation;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Work that is done one after another. */
@OnEachForm(inTurn = true)
class LaneTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void only_the_head_of_a_lane_is_ready() {
    long first = store.addToLane("l", "a");
    long second = store.addToLane("l", "b");

    assertThat(store.state(first)).isEqualTo(WorkState.READY);
    assertThat(store.state(second)).isEqualTo(WorkState.WAITING);
    store.claim();
    assertThat(store.queue().claim("w", TTL)).isEmpty();
  }

  @Test
  void a_lane_is_worked_off_in_order_whatever_the_priorities() {
    store.addToLane("l", "a");
    store.add(NewWork.of("b").withLane("l").withPriority(9));
    store.addToLane("l", "c");

    assertThat(store.drain()).containsExactly("a", "b", "c");
  }

  @Test
  void a_head_competes_with_other_work_by_its_own_priority() {
    store.add("plain");
    store.add(NewWork.of("head").withLane("l").withPriority(1));
    store.add(NewWork.of("second").withLane("l").withPriority(-1));

    assertThat(store.drain()).containsExactly("head", "plain", "second");
  }

  @Test
  void lanes_of_one_name_in_two_queues_are_two_lanes() {
    store.belay().queue("other").enqueue(NewWork.of("theirs").withLane("l"));
    store.addToLane("l", "ours");

    assertThat(store.drain()).containsExactly("ours");
  }

  @Test
  void failed_work_keeps_its_place_and_blocks_its_lane_until_its_retry() {
    store.addToLane("l", "a");
    store.addToLane("l", "b");
    store.queue().fail(store.claim(), "no");

    assertThat(store.queue().claim("w", TTL)).isEmpty();
    store.clock.advance(RETRY);
    assertThat(store.drain()).containsExactly("a", "b");
  }

  @Test
  void deferred_work_keeps_its_place() {
    store.addToLane("l", "a");
    store.addToLane("l", "b");
    store.queue().defer(store.claim(), store.clock.instant().plus(MS));

    assertThat(store.queue().claim("w", TTL)).isEmpty();
    store.clock.advance(MS);
    assertThat(store.drain()).containsExactly("a", "b");
  }

  @Test
  void released_and_lapsed_work_keeps_its_place() {
    store.addToLane("l", "a");
    store.addToLane("l", "b");

    store.queue().release(store.claim());
    assertThat(store.claim().payload()).isEqualTo("a");
    store.clock.advance(TTL);
    assertThat(store.drain()).containsExactly("a", "b");
  }

  @Test
  void a_buried_head_frees_its_lane() {
    store.addToLane("l", "a");
    store.addToLane("l", "b");
    store.queue().bury(store.claim(), "no");

    assertThat(store.drain()).containsExactly("b");
  }

  @Test
  void a_cancelled_head_frees_its_lane() {
    long head = store.addToLane("l", "a");
    store.addToLane("l", "b");

    assertThat(store.queue().cancel(head)).isEqualTo(Cancellation.CANCELLED);
    assertThat(store.drain()).containsExactly("b");
  }

  @Test
  void cancelling_inside_the_line_leaves_the_rest_in_order() {
    store.addToLane("l", "a");
    long second = store.addToLane("l", "b");
    store.addToLane("l", "c");

    store.queue().cancel(second);

    assertThat(store.drain()).containsExactly("a", "c");
  }

  @Test
  void a_lane_whose_head_ran_out_of_attempts_goes_on() {
    store.add(NewWork.of("a").withLane("l").withAttemptsMax(1));
    store.addToLane("l", "b");
    store.claim();
    store.clock.advance(TTL);

    assertThat(store.drain()).containsExactly("b");
  }

  @Test
  void scheduled_work_joins_the_line_when_its_time_comes() {
    store.add(NewWork.of("later").withLane("l").notBefore(store.clock.instant().plus(MS)));
    store.addToLane("l", "a");
    store.clock.advance(MS);
    store.addToLane("l", "b");

    assertThat(store.drain()).containsExactly("a", "later", "b");
  }

  @Test
  void scheduled_work_joins_in_the_order_of_its_times() {
    store.add(NewWork.of("second").withLane("l").notBefore(store.clock.instant().plusMillis(2)));
    store.add(NewWork.of("first").withLane("l").notBefore(store.clock.instant().plusMillis(1)));
    store.clock.advance(RETRY);
    store.addToLane("l", "third");

    assertThat(store.drain()).containsExactly("first", "second", "third");
  }

  @Test
  void an_empty_lane_starts_again() {
    store.addToLane("l", "a");
    store.drain();
    store.addToLane("l", "b");

    assertThat(store.drain()).containsExactly("b");
  }

  @Test
  void a_line_is_shown_head_first_without_what_is_scheduled_or_finished() {
    store.addToLane("l", "done");
    store.drain();
    long head = store.addToLane("l", "a");
    long second = store.addToLane("l", "b");
    store.add(NewWork.of("later").withLane("l").notBefore(store.clock.instant().plus(MS)));

    assertThat(store.queue().lane("l", 10)).extracting(WorkLine::id).containsExactly(head, second);
    assertThat(store.queue().lane("l", 1)).extracting(WorkLine::id).containsExactly(head);
    assertThat(store.queue().lane("none", 1)).isEqualTo(List.of());
  }
}
