package dev.belay.queue;

import static dev.belay.queue.WaitingStore.TTL;
import static dev.belay.queue.WaitingStore.await;
import static dev.belay.queue.WaitingStore.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.engine.Hold.Sending;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.testing.Standstill;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: a completion waits for the running commit of others, and its thread does not. */
@NeedsSharing // what is private to its handle has no reader beside the writer
@OnEachForm
class WorkerCompletionsTest {
  private static final int BATCH = 8;

  @RegisterExtension final WaitingStore store = WaitingStore.onEachForm();

  @Test
  void one_thread_does_the_rest_of_a_batch_while_the_other_commits() throws Exception {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      ids.add(store.queue.enqueue(NewWork.of("p")).workId());
    }
    CountDownLatch bothAtWork = new CountDownLatch(2);
    CountDownLatch storeIsBusy = new CountDownLatch(1);
    AtomicInteger handled = new AtomicInteger();
    WorkHandler handler =
        (claim, context) -> {
          bothAtWork.countDown();
          storeIsBusy.await();
          handled.incrementAndGet();
        };
    try (Worker worker = store.waiting.worker(handler).threads(2).batch(BATCH).start()) {
      bothAtWork.await();
      final Standstill busy = keepBusy();
      storeIsBusy.countDown();

      await(() -> handled.get() == BATCH);
      assertThat(ids).allMatch(id -> state(id) == WorkState.CLAIMED);
      busy.close();
      assertThat(worker.isRunning()).isTrue();
    }
    assertThat(ids).as("after the stop").allMatch(id -> state(id) == WorkState.DONE);
  }

  @Test
  void who_has_done_too_much_ahead_waits() throws Exception {
    WorkerCompletions completions = completions(1);
    List<HeldClaim> held = held(3);
    final Standstill busy = keepBusy();
    CompletableFuture<?> first = complete(completions, held.get(0));
    await(() -> store.lastThread().getState() == Thread.State.WAITING);

    CompletableFuture<?> second = complete(completions, held.get(1));
    await(() -> store.lastThread().getState() == Thread.State.WAITING);
    busy.close();

    get(first);
    get(second);
    completions.complete(held.get(2));
    assertThat(held).allMatch(claim -> state(claim.claim().workId()) == WorkState.DONE);
  }

  @Test
  void what_cannot_be_completed_takes_no_neighbour_with_it() throws Exception {
    WorkerCompletions completions = completions(BATCH);
    List<HeldClaim> held = held(4);
    long stubborn = held.get(2).claim().workId();
    store.refuse("UPDATE", "belay_work", "NEW.state = 'DONE' AND NEW.id = " + stubborn);
    final Standstill busy = keepBusy();
    CompletableFuture<?> first = complete(completions, held.get(0));
    await(() -> store.lastThread().getState() == Thread.State.WAITING);
    for (HeldClaim claim : held.subList(1, 4)) {
      completions.complete(claim); // returns immediately: they commit together after the first
    }
    busy.close();
    get(first);

    assertThat(held)
        .extracting(claim -> state(claim.claim().workId()))
        .containsExactly(WorkState.DONE, WorkState.DONE, WorkState.CLAIMED, WorkState.DONE);
  }

  private WorkerCompletions completions(int waitingMax) {
    WorkerSettings settings =
        new WorkerSettings("jobs", RetryPolicy.exponential(), "w", 1, TTL, 1, TTL, null, null);
    WorkerRenewals renewals = new WorkerRenewals(store.queues, settings);
    WorkerReports telling = new WorkerReports(store.spy, store.spy.observer());
    WorkerSettler settler = new WorkerSettler(store.queues, settings, renewals, telling);
    return new WorkerCompletions(store.spy, settler, waitingMax);
  }

  private List<HeldClaim> held(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(store.queue.enqueue(NewWork.of("p")).workId()).isPositive();
    }
    return store.waiting.claim("w", TTL, count).stream()
        .map(claim -> new HeldClaim(store.spy, claim, TTL.toMillis(), Sending.now(store.clock)))
        .toList();
  }

  private CompletableFuture<?> complete(WorkerCompletions completions, HeldClaim held) {
    return store.later(
        () -> {
          completions.complete(held);
          return "returned";
        });
  }

  /** Blocks all writers; the test's end lets them go on too. */
  private Standstill keepBusy() {
    return store.closeLater(store.standstill(store.belay()));
  }

  private WorkState state(long id) {
    return store.queue.find(id).orElseThrow().state();
  }
}
