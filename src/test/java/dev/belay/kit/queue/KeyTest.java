package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.RETRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Enqueued;
import dev.belay.queue.Enqueued.Added;
import dev.belay.queue.Enqueued.Duplicate;
import dev.belay.queue.Enqueued.KeyConflict;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Work that is to exist once. */
@OnEachForm(inTurn = true)
class KeyTest {
  private static final NewWork WORK = NewWork.of("p").withType("t").withLane("l").withKey("k");

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void the_same_work_under_the_same_key_is_one_piece() {
    Enqueued first = store.queue().enqueue(WORK);

    assertThat(first).isInstanceOf(Added.class);
    assertThat(store.queue().enqueue(WORK))
        .isEqualTo(new Duplicate(first.workId(), WorkState.READY));
    assertThat(store.drain()).containsExactly("p");
  }

  @Test
  void other_content_under_the_same_key_is_a_conflict() {
    KeyConflict conflict = new KeyConflict(store.add(WORK));

    assertThat(store.queue().enqueue(NewWork.of("q").withType("t").withLane("l").withKey("k")))
        .isEqualTo(conflict);
    assertThat(store.queue().enqueue(WORK.withType("u"))).isEqualTo(conflict);
    assertThat(store.queue().enqueue(WORK.withLane("m"))).isEqualTo(conflict);
    assertThat(store.queue().enqueue(NewWork.of("p").withType("t").withKey("k")))
        .isEqualTo(conflict);
    assertThat(store.queue().lane("m", 1)).isEmpty();
    assertThat(store.queue().stats().ready()).isEqualTo(1);
  }

  @Test
  void priority_time_and_attempts_are_no_content_and_stay_those_of_the_first() {
    long id = store.add(NewWork.of("p").withKey("k").withPriority(1).withAttemptsMax(2));

    Enqueued again =
        store
            .queue()
            .enqueue(
                NewWork.of("p")
                    .withKey("k")
                    .withPriority(9)
                    .withAttemptsMax(9)
                    .notBefore(store.clock.instant().plus(MS)));

    assertThat(again).isEqualTo(new Duplicate(id, WorkState.READY));
    assertThat(store.work(id).priority()).isEqualTo(1);
    assertThat(store.work(id).attemptsMax()).isEqualTo(2);
    assertThat(store.state(id)).isEqualTo(WorkState.READY);
  }

  @Test
  void a_key_is_taken_as_long_as_its_work_is_kept() {
    long id = store.add(WORK);
    store.drain();
    store.clock.advance(RETRY);

    assertThat(store.queue().enqueue(WORK)).isEqualTo(new Duplicate(id, WorkState.DONE));
    assertThat(store.queue().findByKey("k")).contains(store.work(id));
    store.queue().purge(store.clock.instant(), 1);
    assertThat(store.queue().findByKey("k")).isEmpty();
    assertThat(store.queue().enqueue(WORK)).isInstanceOf(Added.class);
  }

  @Test
  void a_key_counts_in_its_own_queue() {
    store.add(WORK);

    assertThat(store.belay().queue("other").enqueue(WORK)).isInstanceOf(Added.class);
  }

  @Test
  void a_batch_reports_each_of_its_own_keys() {
    List<Enqueued> enqueued =
        store
            .queue()
            .enqueueAll(
                List.of(
                    NewWork.of("a").withKey("1"),
                    NewWork.of("a").withKey("1"),
                    NewWork.of("b").withKey("1"),
                    NewWork.of("c")));

    long first = enqueued.get(0).workId();
    assertThat(enqueued.get(0)).isInstanceOf(Added.class);
    assertThat(enqueued.get(1)).isEqualTo(new Duplicate(first, WorkState.READY));
    assertThat(enqueued.get(2)).isEqualTo(new KeyConflict(first));
    assertThat(enqueued.get(3)).isInstanceOf(Added.class);
    assertThat(store.drain()).containsExactly("a", "c");
  }

  @Test
  void work_of_a_transaction_that_rolls_back_was_never_there() {
    try {
      store
          .belay()
          .useWrite(
              tx -> {
                store.queue().enqueue(tx, WORK);
                throw new IllegalStateException("changed my mind");
              });
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("changed my mind");
    }

    assertThat(store.queue().findByKey("k")).isEmpty();
    assertThat(store.queue().enqueue(WORK)).isInstanceOf(Added.class);
  }
}
