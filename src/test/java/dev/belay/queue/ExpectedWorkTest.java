package dev.belay.queue;

import static dev.belay.queue.WaitingStore.FOREVER;
import static dev.belay.queue.WaitingStore.TTL;
import static dev.belay.queue.WaitingStore.awaitQuietly;
import static dev.belay.queue.WaitingStore.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.OnEachForm;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a commit that enqueues calls one thread that waits for the work, and misses no other
 * waiter.
 */
@OnEachForm
class ExpectedWorkTest {
  @RegisterExtension final WaitingStore store = WaitingStore.onEachForm();

  private final CountDownLatch wakerMayGoOn = new CountDownLatch(1);

  @AfterEach
  void letTheWakerGoOn() {
    wakerMayGoOn.countDown();
  }

  @Test
  void the_commit_itself_calls_one_who_waits_though_the_waker_is_stuck() throws Exception {
    CompletableFuture<List<Claim>> claimed = store.claimLater();
    store.awaitIdle(1);
    CountDownLatch stuck = new CountDownLatch(1);
    store.spy.afterLook =
        () -> {
          stuck.countDown();
          awaitQuietly(wakerMayGoOn);
        };
    store.commit();
    stuck.await();

    assertThat(store.waiting.enqueue(NewWork.of("p")).workId()).isPositive();

    assertThat(get(claimed)).extracting(Claim::payload).containsExactly("p");
  }

  @Test
  void who_waits_for_something_else_of_the_commit_is_called_though_the_first_fails()
      throws Exception {
    // of another queue, because the Waker looks when a claim of the same queue lapses
    WorkQueue other = new WorkQueue(store.queues, "other", QueueOptions.defaults());
    final long done = other.enqueue(NewWork.of("first")).workId();
    Claim first = other.claim("w", TTL).orElseThrow();
    CompletableFuture<Optional<Work>> finished =
        store.later(() -> other.awaitFinished(done, FOREVER));
    store.awaitIdle(1);
    CompletableFuture<List<Claim>> claimed = store.claimLater();
    store.awaitIdle(2);
    outlastRest();
    store.spy.beforeTry =
        () -> {
          if (Thread.currentThread() == store.lastThread()) {
            throw new IllegalStateException("no try"); // so that no commit follows
          }
        };

    store
        .waiting
        .tx()
        .useWrite(
            tx -> {
              assertThat(other.complete(tx, first)).isEqualTo(Settlement.SETTLED);
              assertThat(store.waiting.enqueue(tx, NewWork.of("p")).workId()).isPositive();
            });

    assertThatThrownBy(() -> get(claimed)).hasMessage("no try");
    assertThat(get(finished).orElseThrow().state()).isEqualTo(WorkState.DONE);
  }

  @Test
  void work_that_is_rolled_back_calls_nobody() throws Exception {
    CompletableFuture<List<Claim>> claimed = store.claimLater();
    store.awaitIdle(1);
    final int tries = store.spy.tries.get();
    assertThatThrownBy(
            () ->
                store
                    .waiting
                    .tx()
                    .useWrite(
                        tx -> {
                          assertThat(store.waiting.enqueue(tx, NewWork.of("never")).workId())
                              .isPositive();
                          throw new IllegalStateException("undone");
                        }))
        .hasMessage("undone");
    store.awaitIdle(1); // after another commit
    assertThat(store.spy.tries.get()).as("but for the body above").isEqualTo(tries + 1);

    assertThat(store.waiting.enqueue(NewWork.of("p")).workId()).isPositive();

    assertThat(get(claimed)).extracting(Claim::payload).containsExactly("p");
  }

  /**
   * Waits until the Waker's rest after its last look is over; its end would hide a missing look.
   */
  private static void outlastRest() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
  }
}
