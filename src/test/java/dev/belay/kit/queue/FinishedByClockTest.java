package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.FOREVER;
import static dev.belay.kit.queue.QueueStore.TTL;
import static dev.belay.kit.queue.QueueStore.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Cancellation;
import dev.belay.queue.NewWork;
import dev.belay.queue.Work;
import dev.belay.queue.WorkState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a thread that waits for the end of work returns when the clock ends the work, even if no
 * other thread uses the queue. Method: claims whose holder is gone, and a waiter.
 */
@OnEachForm(inTurn = true)
class FinishedByClockTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void the_lapse_of_the_last_attempt_is_the_end() throws Exception {
    long id = store.queue().enqueue(NewWork.of("a").withAttemptsMax(1)).workId();
    store.queue().claim("gone", TTL).orElseThrow();
    CompletableFuture<Optional<Work>> finish = awaitFinished(id);

    store.clock.advance(TTL);

    assertThat(get(finish).orElseThrow().state()).isEqualTo(WorkState.BURIED);
    assertThat(store.queue().find(id).orElseThrow().lastError()).contains("lapsed");
  }

  @Test
  void the_lapse_of_a_claim_that_was_to_be_cancelled_is_the_end() throws Exception {
    long id = store.queue().enqueue(NewWork.of("a")).workId();
    store.queue().claim("gone", TTL).orElseThrow();
    CompletableFuture<Optional<Work>> finish = awaitFinished(id);
    assertThat(store.queue().cancel(id)).isEqualTo(Cancellation.REQUESTED);

    store.clock.advance(TTL);

    assertThat(get(finish).orElseThrow().state()).isEqualTo(WorkState.CANCELLED);
  }

  @Test
  void work_that_has_lapsed_already_is_answered_at_once() throws Exception {
    long id = store.queue().enqueue(NewWork.of("a").withAttemptsMax(1)).workId();
    store.queue().claim("gone", TTL).orElseThrow();
    store.clock.advance(TTL);

    assertThat(store.queue().awaitFinished(id, Duration.ZERO).orElseThrow().state())
        .isEqualTo(WorkState.BURIED);
  }

  @Test
  void a_lane_grant_ends_as_a_whole() throws Exception {
    long first = store.queue().enqueue(NewWork.of("a").withLane("l")).workId();
    long second = store.queue().enqueue(NewWork.of("b").withLane("l").withAttemptsMax(1)).workId();
    assertThat(store.queue().claimLane("l", "gone", TTL, 2)).hasSize(2);
    CompletableFuture<Optional<Work>> finish = awaitFinished(second);

    store.clock.advance(TTL);

    assertThat(get(finish).orElseThrow().state()).isEqualTo(WorkState.BURIED);
    assertThat(store.queue().find(first).orElseThrow().state()).isEqualTo(WorkState.READY);
  }

  @Test
  void a_lapse_that_leaves_attempts_is_no_end() throws Exception {
    long id = store.queue().enqueue(NewWork.of("a").withAttemptsMax(2)).workId();
    store.queue().claim("gone", TTL).orElseThrow();
    store.clock.advance(TTL);

    assertThat(store.queue().awaitFinished(id, Duration.ofMillis(20))).isEmpty();
    assertThat(store.queue().find(id).orElseThrow().state()).isEqualTo(WorkState.CLAIMED);
  }

  private CompletableFuture<Optional<Work>> awaitFinished(long id) {
    CompletableFuture<Optional<Work>> finish =
        store.later(() -> store.queue().awaitFinished(id, FOREVER));
    store.awaitWaiting();
    return finish;
  }
}
