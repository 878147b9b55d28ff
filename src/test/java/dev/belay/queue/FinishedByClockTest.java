package dev.belay.queue;

import static dev.belay.queue.WaitingStore.FOREVER;
import static dev.belay.queue.WaitingStore.TTL;
import static dev.belay.queue.WaitingStore.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.testing.TestOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: who waits for the end of work learns of it when the clock ends it, though nobody else looks
 * at the queue. Method: claims whose holder is gone, and a waiter.
 */
class FinishedByClockTest {
  @RegisterExtension final WaitingStore store = WaitingStore.inFile();

  @Test
  void the_lapse_of_the_last_attempt_is_the_end() throws Exception {
    long id = store.queue.enqueue(NewWork.of("a").withAttemptsMax(1)).workId();
    store.queue.claim("gone", TTL).orElseThrow();
    CompletableFuture<Optional<Work>> finish = awaitFinished(id);

    store.clock.advance(TTL);

    assertThat(get(finish).orElseThrow().state()).isEqualTo(WorkState.BURIED);
    assertThat(store.queue.find(id).orElseThrow().lastError()).contains("lapsed");
  }

  @Test
  void the_lapse_of_a_claim_that_was_to_be_cancelled_is_the_end() throws Exception {
    long id = store.queue.enqueue(NewWork.of("a")).workId();
    store.queue.claim("gone", TTL).orElseThrow();
    CompletableFuture<Optional<Work>> finish = awaitFinished(id);
    assertThat(store.queue.cancel(id)).isEqualTo(Cancellation.REQUESTED);

    store.clock.advance(TTL);

    assertThat(get(finish).orElseThrow().state()).isEqualTo(WorkState.CANCELLED);
  }

  @Test
  void what_has_lapsed_already_is_answered_at_once() throws Exception {
    long id = store.queue.enqueue(NewWork.of("a").withAttemptsMax(1)).workId();
    store.queue.claim("gone", TTL).orElseThrow();
    store.clock.advance(TTL);

    assertThat(store.waiting.awaitFinished(id, Duration.ZERO).orElseThrow().state())
        .isEqualTo(WorkState.BURIED);
  }

  @Test
  void a_lane_grant_ends_as_a_whole() throws Exception {
    long first = store.queue.enqueue(NewWork.of("a").withLane("l")).workId();
    long second = store.queue.enqueue(NewWork.of("b").withLane("l").withAttemptsMax(1)).workId();
    assertThat(store.queue.claimLane("l", "gone", TTL, 2)).hasSize(2);
    CompletableFuture<Optional<Work>> finish = awaitFinished(second);

    store.clock.advance(TTL);

    assertThat(get(finish).orElseThrow().state()).isEqualTo(WorkState.BURIED);
    assertThat(store.queue.find(first).orElseThrow().state()).isEqualTo(WorkState.READY);
  }

  @Test
  void a_lapse_that_leaves_attempts_is_no_end() throws Exception {
    long id = store.queue.enqueue(NewWork.of("a").withAttemptsMax(2)).workId();
    store.queue.claim("gone", TTL).orElseThrow();
    store.clock.advance(TTL);

    assertThat(store.waiting.awaitFinished(id, Duration.ofMillis(20))).isEmpty();
    assertThat(store.queue.find(id).orElseThrow().state()).isEqualTo(WorkState.CLAIMED);
  }

  @Test
  void one_that_may_not_write_waits_for_somebody_who_may() throws Exception {
    long id = store.queue.enqueue(NewWork.of("a").withAttemptsMax(1)).workId();
    store.queue.claim("gone", TTL).orElseThrow();
    store.clock.advance(TTL);
    try (Belay readOnly =
        Belay.openReadOnly(store.file(), TestOptions.defaults().withClock(store.clock))) {
      WorkQueue seen = readOnly.queue("jobs");
      assertThat(seen.awaitFinished(id, Duration.ofMillis(20))).isEmpty();
      CompletableFuture<Optional<Work>> finish = store.later(() -> seen.awaitFinished(id, FOREVER));

      List<Claim> unused = store.queue.claim("w", TTL, 1);

      assertThat(get(finish).orElseThrow().state()).isEqualTo(WorkState.BURIED);
      assertThat(unused).isEmpty();
    }
  }

  private CompletableFuture<Optional<Work>> awaitFinished(long id) {
    CompletableFuture<Optional<Work>> finish =
        store.later(() -> store.waiting.awaitFinished(id, FOREVER));
    store.awaitIdle(1);
    return finish;
  }
}
