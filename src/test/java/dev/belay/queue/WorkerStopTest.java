package dev.belay.queue;

import static dev.belay.queue.WaitingStore.TTL;
import static dev.belay.queue.WaitingStore.await;
import static dev.belay.queue.WaitingStore.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.store.StoreBusyException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: a worker that stops gives back what it has not done, charges nothing and loses nothing. */
class WorkerStopTest {
  @RegisterExtension final WaitingStore store = WaitingStore.inFile();

  private static final Duration HOUR = Duration.ofHours(1);

  private final CompletableFuture<WorkContext> running = new CompletableFuture<>();
  private final CountDownLatch go = new CountDownLatch(1);

  @Test
  void a_handler_may_end_within_the_grace_period() throws Exception {
    long id = add("a");
    Worker worker = worker(this::waitToGo, Duration.ofSeconds(60));
    get(running);
    CompletableFuture<Boolean> closed = close(worker);

    go.countDown();

    assertThat(get(closed)).isFalse();
    assertThat(work(id).state()).isEqualTo(WorkState.DONE);
  }

  @Test
  void what_was_interrupted_is_released_with_its_attempt_restored() throws Exception {
    long id = add("a");
    Worker worker = worker(this::waitToGo, Duration.ZERO);
    get(running);

    worker.close();

    assertThat(work(id).state()).isEqualTo(WorkState.READY);
    assertThat(work(id).attempt()).isZero();
    assertThat(work(id).lastError()).isNull();
  }

  @Test
  void a_handler_that_swallows_its_interrupt_has_not_done_its_work() throws Exception {
    long id = add("a");
    WorkHandler handler =
        (claim, context) -> {
          try {
            waitToGo(claim, context);
          } catch (InterruptedException e) {
            context.result("interrupted");
          }
        };
    Worker worker = worker(handler, Duration.ZERO);
    get(running);

    worker.close();

    assertThat(work(id).state()).isEqualTo(WorkState.READY);
    assertThat(work(id).attempt()).isZero();
  }

  @Test
  void what_does_not_return_is_given_back_as_of_its_expiry() throws Exception {
    long id = add("a");
    WorkHandler handler =
        (claim, context) -> {
          running.complete(context);
          await(() -> go.getCount() == 0);
        };
    Worker worker = worker(handler, Duration.ZERO);
    WorkContext context = get(running);
    Instant expiresAt = context.claim().expiresAt();

    worker.close();

    assertThat(context.isHeld()).isFalse();
    assertThat(work(id).state()).isEqualTo(WorkState.WAITING);
    assertThat(work(id).notBefore()).isEqualTo(expiresAt);
    assertThat(work(id).attempt()).isZero();
    assertThat(store.queue.complete(context.claim())).isEqualTo(Settlement.CLAIM_LOST);
    go.countDown();
    store.clock.set(expiresAt);
    assertThat(store.queue.claim("next", TTL).orElseThrow().attempt()).isEqualTo(1);
  }

  @Test
  void nobody_has_closed_it_before_what_does_not_return_is_given_back() throws Exception {
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
    await(() -> store.queue.stats().ready() == 3); // it has gone on giving back
  }

  @Test
  void an_interrupt_of_who_closes_a_worker_of_a_store_in_trouble_is_kept() throws Exception {
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

  @Test
  void what_was_claimed_ahead_is_released_at_once() throws Exception {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ids.add(add("work " + i));
    }
    Worker worker =
        store.waiting.worker(this::waitToGo).batch(10).grace(Duration.ofSeconds(60)).start();
    get(running);
    CompletableFuture<Boolean> closed = close(worker);

    await(() -> store.queue.stats().ready() == 9);
    go.countDown();
    get(closed);

    assertThat(store.queue.stats().done()).isEqualTo(1);
    for (long id : ids.subList(1, 10)) {
      assertThat(work(id).attempt()).isZero();
    }
  }

  @Test
  void what_was_claimed_as_the_stop_came_is_released() throws Exception {
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
    // whoever closes has interrupted the claim by the time it waits
    await(() -> store.lastThread().getState() == Thread.State.TIMED_WAITING);
    go.countDown();

    get(closed);

    await(() -> work(id).state() == WorkState.READY);
    assertThat(work(id).attempt()).isZero();
    assertThat(handled).hasValue(0);
  }

  @Test
  void an_idle_worker_stops_at_once_and_for_good() throws Exception {
    Worker worker = worker((claim, context) -> {}, Duration.ofSeconds(60));
    store.awaitIdle(1);

    worker.close();
    worker.close();

    long id = add("a");
    assertThat(work(id).state()).isEqualTo(WorkState.READY);
  }

  @Test
  void an_interrupt_of_who_closes_ends_the_grace_period() throws Exception {
    long id = add("a");
    Worker worker = worker(this::waitToGo, Duration.ofDays(1_000_000));
    get(running);
    CompletableFuture<Boolean> closed = close(worker);

    store.lastThread().interrupt();

    assertThat(get(closed)).isTrue();
    assertThat(work(id).state()).isEqualTo(WorkState.READY);
  }

  @Test
  void a_handler_cannot_close_its_own_worker() throws Exception {
    CompletableFuture<Worker> self = new CompletableFuture<>();
    WorkHandler handler =
        (claim, context) -> {
          assertThatThrownBy(() -> get(self).close()).isInstanceOf(IllegalStateException.class);
          context.result("refused");
        };
    try (Worker worker = worker(handler, Duration.ZERO)) {
      self.complete(worker);
      long id = add("a");

      Work done = store.queue.awaitFinished(id, WaitingStore.FOREVER).orElseThrow();

      assertThat(done.result()).isEqualTo("refused");
    }
  }

  @Test
  void a_closed_store_ends_its_workers() throws Exception {
    Worker worker = worker((claim, context) -> {}, Duration.ofDays(1));
    store.awaitIdle(1);

    store.spy.close();

    worker.close(); // would wait for a day for a thread that went on
  }

  private Worker worker(WorkHandler handler, Duration grace) {
    return store.waiting.worker(handler).ttl(TTL).grace(grace).start();
  }

  /** Closes on a thread of its own; whether that was left interrupted. */
  private CompletableFuture<Boolean> close(Worker worker) {
    return store.later(
        () -> {
          worker.close();
          return Thread.currentThread().isInterrupted();
        });
  }

  private void waitToGo(Claim claim, WorkContext context) throws InterruptedException {
    running.complete(context);
    go.await();
  }

  private long add(String payload) {
    return store.queue.enqueue(NewWork.of(payload)).workId();
  }

  private Work work(long id) {
    return store.queue.find(id).orElseThrow();
  }
}
