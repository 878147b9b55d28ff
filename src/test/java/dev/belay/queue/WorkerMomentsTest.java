package dev.belay.queue;

import static dev.belay.queue.WaitingStore.TTL;
import static dev.belay.queue.WaitingStore.await;
import static dev.belay.queue.WaitingStore.awaitQuietly;
import static dev.belay.queue.WaitingStore.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.queue.ToldFailures;
import dev.belay.store.BelayObserver.AttemptFailure;
import dev.belay.store.StoreBusyException;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: a worker keeps its guarantees at moments that only a spy on its store can produce. */
@OnEachForm(slow = true)
class WorkerMomentsTest {
  @RegisterExtension final WaitingStore store = WaitingStore.onEachForm();

  private static final Duration HOUR = Duration.ofHours(1);

  private final CompletableFuture<WorkContext> running = new CompletableFuture<>();
  private final CountDownLatch go = new CountDownLatch(1);

  @Test
  void a_claim_that_is_not_renewed_stops_being_held_before_others_get_it() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch stuck = new CountDownLatch(1);
    store.spy.beforeRenewal = () -> awaitQuietly(stuck);
    CompletableFuture<WorkContext> running = new CompletableFuture<>();
    WorkHandler handler =
        (claim, context) -> {
          if (claim.attempt() == 1) {
            running.complete(context);
            go.await();
          }
        };
    long id = add("a");
    Claim other;
    try (Worker worker = store.waiting.worker(handler).ttl(TTL).threads(1).start()) {
      WorkContext context = get(running);

      store.clock.advance(TTL.minus(Duration.ofSeconds(2)));
      assertThat(context.isHeld()).isTrue();
      store.clock.advance(Duration.ofSeconds(1));
      assertThat(context.isHeld()).isFalse();
      assertThat(store.queue.claim("other", TTL)).isEmpty();
      store.clock.advance(Duration.ofSeconds(1));
      other = store.queue.claim("other", TTL).orElseThrow();
      stuck.countDown();
      go.countDown();
      assertThat(worker.isRunning()).isTrue();
    }
    assertThat(state(id)).isEqualTo(WorkState.CLAIMED);
    assertThat(store.queue.complete(other)).isEqualTo(Settlement.SETTLED);
  }

  @Test
  void close_returns_only_after_work_that_does_not_return_is_given_back() throws Exception {
    long id = add("a");
    WorkHandler handler =
        (claim, context) -> {
          running.complete(context);
          await(() -> go.getCount() == 0);
        };
    Worker worker = worker(handler, Duration.ZERO);
    get(running);
    CountDownLatch giveBack = new CountDownLatch(1);
    CompletableFuture<Void> givingBack = new CompletableFuture<>();
    store.spy.beforeTry =
        () -> {
          givingBack.complete(null);
          await(() -> giveBack.getCount() == 0);
        };
    CompletableFuture<Boolean> first = close(worker);
    get(givingBack);

    CompletableFuture<Boolean> second = close(worker);
    Thread waiting = store.lastThread();
    await(() -> second.isDone() || waiting.getState() == Thread.State.BLOCKED);

    assertThat(second).isNotDone();
    giveBack.countDown();
    get(first);
    get(second);
    assertThat(work(id).state()).isEqualTo(WorkState.WAITING);
    go.countDown();
  }

  @Test
  void work_whose_last_attempt_lapses_is_reported_as_buried() {
    ToldFailures told = new ToldFailures();
    try (Belay belay = store.fresh(options -> options.withObserver(told))) {
      WorkQueue queue = belay.queue("q");
      long last = queue.enqueue(NewWork.of("a").withAttemptsMax(1)).workId();
      queue.enqueue(NewWork.of("b"));
      assertThat(queue.claim("w", TTL, 2)).hasSize(2);
      store.clock.advance(TTL);

      assertThat(queue.claim("next", TTL)).isPresent();

      Patience.until("the burial is reported", () -> !told.failed.isEmpty());
      AttemptFailure buried = told.failed.get(0);
      assertThat(buried.workId()).isEqualTo(last);
      assertThat(buried.worker()).isEqualTo("w");
      assertThat(buried.outcome()).isEqualTo(AttemptFailure.Outcome.BURIED);
      assertThat(told.failed).hasSize(1);
    }
  }

  @Test
  void work_claimed_while_the_worker_stops_is_released() throws Exception {
    AtomicInteger handled = new AtomicInteger();
    CompletableFuture<Void> inClaim = new CompletableFuture<>();
    store.spy.inTry =
        () -> {
          inClaim.complete(null);
          await(() -> go.getCount() == 0);
        };
    long id = add("a");
    Worker worker = worker((claim, context) -> handled.incrementAndGet(), Duration.ZERO);
    get(inClaim);
    CompletableFuture<Boolean> closed = close(worker);
    // the closing thread has interrupted the claim when it waits
    await(() -> store.lastThread().getState() == Thread.State.TIMED_WAITING);
    go.countDown();

    get(closed);

    await(() -> work(id).state() == WorkState.READY);
    assertThat(work(id).attempt()).isZero();
    assertThat(handled).hasValue(0);
  }

  @Test
  void a_settlement_that_the_store_does_not_take_is_reported_as_unsettled() throws Exception {
    ToldFailures told = new ToldFailures();
    IllegalStateException thrown = new IllegalStateException("boom");
    store.refuse("UPDATE", "belay_work", "NEW.state <> 'CLAIMED'");
    WorkHandler handler =
        (claim, context) -> {
          throw thrown;
        };
    long id = add("a");

    try (Worker worker = store.waiting.worker(handler).ttl(TTL).listener(told).start()) {
      await(() -> !told.failed.isEmpty());
      assertThat(worker.isRunning()).isTrue();
    }

    assertThat(told.failed.get(0).failure()).isSameAs(thrown);
    assertThat(told.failed.get(0).outcome()).isEqualTo(AttemptFailure.Outcome.UNSETTLED);
    assertThat(state(id)).isEqualTo(WorkState.CLAIMED);
  }

  @Test
  void a_store_in_trouble_keeps_nobody_from_stopping_a_worker() throws Exception {
    for (int i = 0; i < 3; i++) {
      add("work " + i);
    }
    Worker worker =
        store.waiting.worker(this::waitToGo).ttl(HOUR).batch(3).grace(Duration.ZERO).start();
    get(running);
    AtomicBoolean trouble = new AtomicBoolean(true);
    store.spy.beforeTry =
        () -> {
          if (trouble.get()) {
            throw new StoreBusyException("locked", null);
          }
        };

    CompletableFuture<Boolean> closed = close(worker);

    assertThat(get(closed)).isFalse(); // long before the claims would lapse
    trouble.set(false);
    await(() -> store.queue.stats().ready() == 3); // giving back has continued
  }

  @Test
  void an_interrupt_of_the_thread_that_closes_a_worker_of_a_store_in_trouble_is_kept()
      throws Exception {
    for (int i = 0; i < 3; i++) {
      add("work " + i);
    }
    Worker worker = store.waiting.worker(this::waitToGo).ttl(HOUR).batch(3).grace(HOUR).start();
    get(running);
    CountDownLatch tried = new CountDownLatch(1);
    store.spy.beforeTry =
        () -> {
          tried.countDown();
          throw new StoreBusyException("locked", null);
        };
    CompletableFuture<Boolean> closed = close(worker);
    tried.await();

    store.lastThread().interrupt();

    assertThat(get(closed)).isTrue();
    store.spy.beforeTry = () -> {};
  }

  private void waitToGo(Claim claim, WorkContext context) throws InterruptedException {
    running.complete(context);
    go.await();
  }

  private Worker worker(WorkHandler handler, Duration grace) {
    return store.waiting.worker(handler).ttl(TTL).grace(grace).start();
  }

  /**
   * Closes on another thread. Returns whether the interrupt flag of that thread is set afterwards.
   */
  private CompletableFuture<Boolean> close(Worker worker) {
    return store.later(
        () -> {
          worker.close();
          return Thread.currentThread().isInterrupted();
        });
  }

  private long add(String payload) {
    return store.queue.enqueue(NewWork.of(payload)).workId();
  }

  private WorkState state(long id) {
    return work(id).state();
  }

  private Work work(long id) {
    return store.queue.find(id).orElseThrow();
  }
}
