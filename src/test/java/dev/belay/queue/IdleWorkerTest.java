package dev.belay.queue;

import static dev.belay.queue.WaitingStore.FOREVER;
import static dev.belay.queue.WaitingStore.await;
import static dev.belay.queue.WaitingStore.get;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.OnEachForm;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Patience;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: an idle worker never takes the write lock, and a worker whose claims fail tries again as
 * soon as that may succeed. Method: count its calls of the engine.
 */
@OnEachForm(slow = true)
class IdleWorkerTest {
  @RegisterExtension final WaitingStore store = WaitingStore.onEachForm();

  @Test
  void an_idle_worker_makes_no_write_whatever_others_commit_and_however_long() throws Exception {
    for (int threads : new int[] {1, 4}) {
      for (int batch : new int[] {1, 8}) {
        Worker.Builder builder = store.waiting.worker((claim, context) -> {});
        try (Worker worker = builder.threads(threads).batch(batch).start()) {
          assertThat(finished(add("a"))).isEqualTo(WorkState.DONE);
          store.awaitIdle(1);
          int looks = store.spy.looks.get();
          int tries = store.spy.tries.get();
          long start = System.nanoTime();
          await(
              () -> {
                store.commit();
                return System.nanoTime() - start > MILLISECONDS.toNanos(1_100);
              });

          assertThat(store.spy.tries).as("writes of an idle worker").hasValue(tries);
          assertThat(store.spy.looks).hasValueGreaterThan(looks);
          assertThat(finished(add("b"))).isEqualTo(WorkState.DONE);
          assertThat(worker.isRunning()).isTrue();
        }
      }
    }
  }

  @Test
  void a_worker_that_starts_where_nothing_is_writes_nothing() throws Exception {
    try (Worker worker = store.waiting.worker((claim, context) -> {}).threads(4).start()) {
      store.awaitIdle(1);
      assertThat(store.spy.tries).hasValue(0);
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void a_claim_that_fails_is_told_once_and_tried_until_it_does_not() throws Exception {
    AtomicInteger failures = new AtomicInteger(3);
    long id = add("a");
    store.spy.beforeTry =
        () -> {
          if (failures.getAndDecrement() > 0) {
            throw new IllegalStateException("in the way");
          }
        };
    try (LogProbe log = LogProbe.recording();
        Worker worker = store.waiting.worker((claim, context) -> {}).start()) {
      assertThat(finished(id)).isEqualTo(WorkState.DONE);
      assertThat(log.warnings()).filteredOn(text -> text.contains("cannot claim")).hasSize(1);
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void a_commit_ends_the_wait_for_the_next_try_but_not_sooner_than_a_tenth_of_a_second()
      throws Exception {
    int waits = 40; // these take 190 s if no commit ends them
    BackOff backOff = new BackOff(store.spy, Thread.currentThread());
    CompletableFuture<Void> stop = new CompletableFuture<>();
    CompletableFuture<String> committing =
        store.later(
            () -> {
              while (!stop.isDone()) {
                store.commit();
              }
              return "stopped";
            });
    Patience patience = Patience.begin();
    long start = System.nanoTime();

    for (int i = 0; i < waits; i++) {
      backOff.await();
      patience.check(() -> "no commit ends a wait");
    }

    assertThat(System.nanoTime() - start).isGreaterThan(waits * MILLISECONDS.toNanos(100) - 1);
    stop.complete(null);
    assertThat(get(committing)).isEqualTo("stopped");
  }

  @Test
  void a_claim_that_is_over_before_its_handler_can_begin_is_told_and_not_tried_without_a_rest()
      throws Exception {
    add("a");
    store.spy.afterTry = () -> store.clock.advance(WaitingStore.TTL);
    try (LogProbe log = LogProbe.recording();
        Worker worker =
            store.waiting.worker((claim, context) -> {}).ttl(WaitingStore.TTL).start()) {
      await(() -> log.warnings().stream().anyMatch(text -> text.contains("claims too late")));
      store.spy.afterTry = () -> {};
      assertThat(worker.isRunning()).isTrue();
    }
  }

  private long add(String payload) {
    return store.queue.enqueue(NewWork.of(payload)).workId();
  }

  private WorkState finished(long id) throws InterruptedException {
    return store.queue.awaitFinished(id, FOREVER).orElseThrow().state();
  }
}
