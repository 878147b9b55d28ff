package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is deleted, and when. */
@OnEachForm(inTurn = true)
class PurgeTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void work_finished_before_a_time_goes_and_other_work_stays() {
    long before = store.add("a");
    store.drain();
    store.clock.advance(MS);
    Instant time = store.clock.instant();
    long after = store.add("b");
    store.queue().complete(store.claim(), "result");
    long unfinished = store.add("c");

    assertThat(store.queue().purge(time, 10)).isEqualTo(1);

    assertThat(store.queue().find(before)).isEmpty();
    assertThat(store.state(after)).isEqualTo(WorkState.DONE);
    assertThat(store.state(unfinished)).isEqualTo(WorkState.READY);
  }

  @Test
  void buried_and_cancelled_work_goes_too() {
    store.add("a");
    store.queue().bury(store.claim(), "no");
    store.queue().cancel(store.add("b"));
    store.clock.advance(MS);

    assertThat(store.queue().purge(store.clock.instant(), 10)).isEqualTo(2);
  }

  @Test
  void one_piece_of_finished_work_goes_whatever_its_age() {
    long done = store.add("a");
    store.drain();
    long stays = store.add("b");
    store.drain();
    long ready = store.add("c");

    assertThat(store.queue().delete(done)).isTrue();

    assertThat(store.queue().find(done)).isEmpty();
    assertThat(store.state(stays)).isEqualTo(WorkState.DONE);
    assertThat(store.queue().delete(done)).isFalse();
    assertThat(store.queue().delete(ready)).isFalse();
    assertThat(store.belay().queue("other").delete(stays)).isFalse();
    assertThat(store.state(ready)).isEqualTo(WorkState.READY);
    assertThat(store.state(stays)).isEqualTo(WorkState.DONE);
  }

  @Test
  void the_longest_finished_goes_first() {
    long second = store.add("a");
    long first = store.add("b");
    store.queue().cancel(first);
    store.clock.advance(MS);
    store.queue().cancel(second);
    store.clock.advance(MS);

    assertThat(store.queue().purge(store.clock.instant(), 1)).isEqualTo(1);
    assertThat(store.queue().find(first)).isEmpty();
    assertThat(store.queue().find(second)).isPresent();
  }

  @Test
  void a_large_purge_goes_batch_by_batch_up_to_its_limit() {
    int count = WorkQueue.PURGE_BATCH * 2 + 10;
    for (int i = 0; i < count; i++) {
      store.queue().cancel(store.add("p"));
    }
    store.clock.advance(MS);

    int most = WorkQueue.PURGE_BATCH + 1;
    assertThat(store.queue().purge(store.clock.instant(), most)).isEqualTo(most);
    assertThat(store.queue().purge(store.clock.instant(), Integer.MAX_VALUE))
        .isEqualTo(count - most);
    assertThat(store.queue().purge(store.clock.instant(), 1)).isZero();
  }

  @Test
  void work_of_other_queues_stays() {
    WorkQueue other = store.belay().queue("other");
    other.cancel(other.enqueue(NewWork.of("a")).workId());
    store.clock.advance(MS);

    assertThat(store.queue().purge(store.clock.instant(), 10)).isZero();
  }

  @Test
  void an_id_is_never_given_again() {
    long last = store.add("a");
    store.drain();
    store.clock.advance(MS);
    store.queue().purge(store.clock.instant(), 10);

    assertThat(store.add("b")).isGreaterThan(last);
  }

  @Test
  void a_purge_of_nothing_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.queue().purge(store.clock.instant(), 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QueueOptions.defaults().withRetention(Duration.ZERO));
  }

  @Test
  void every_instant_is_before_or_after_what_was_finished() {
    store.queue().cancel(store.add("a"));

    assertThat(store.queue().purge(Instant.MIN, 10)).isZero();
    assertThat(store.queue().purge(Instant.MAX, 10)).isEqualTo(1);
  }
}
