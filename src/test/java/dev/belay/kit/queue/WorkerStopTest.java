package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.TTL;
import static dev.belay.kit.queue.QueueStore.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.Work;
import dev.belay.queue.WorkContext;
import dev.belay.queue.WorkHandler;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: a worker that stops gives back what it has not done, charges nothing and loses nothing. */
@OnEachForm(inTurn = true)
class WorkerStopTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

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
  void interrupted_work_is_released_with_its_attempt_restored() throws Exception {
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
  void work_whose_handler_does_not_return_is_given_back_as_of_its_expiry() throws Exception {
    long id = add("a");
    WorkHandler handler =
        (claim, context) -> {
          running.complete(context);
          Patience.until("what the test waits for", () -> go.getCount() == 0);
        };
    Worker worker = worker(handler, Duration.ZERO);
    WorkContext context = get(running);
    Instant expiresAt = context.claim().expiresAt();

    worker.close();

    assertThat(context.isHeld()).isFalse();
    assertThat(work(id).state()).isEqualTo(WorkState.WAITING);
    assertThat(work(id).notBefore()).isEqualTo(expiresAt);
    assertThat(work(id).attempt()).isZero();
    assertThat(store.queue().complete(context.claim())).isEqualTo(Settlement.CLAIM_LOST);
    go.countDown();
    store.clock.set(expiresAt);
    assertThat(store.queue().claim("next", TTL).orElseThrow().attempt()).isEqualTo(1);
  }

  @Test
  void work_claimed_ahead_is_released_at_once() throws Exception {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ids.add(add("work " + i));
    }
    Worker worker =
        store.queue().worker(this::waitToGo).batch(10).grace(Duration.ofSeconds(60)).start();
    get(running);
    CompletableFuture<Boolean> closed = close(worker);

    Patience.until("what the test waits for", () -> store.queue().stats().ready() == 9);
    go.countDown();
    get(closed);

    assertThat(store.queue().stats().done()).isEqualTo(1);
    for (long id : ids.subList(1, 10)) {
      assertThat(work(id).attempt()).isZero();
    }
  }

  @Test
  void an_idle_worker_stops_at_once_and_for_good() throws Exception {
    Worker worker = worker((claim, context) -> {}, Duration.ofSeconds(60));
    store.finished(store.add("first"));

    worker.close();
    worker.close();

    long id = add("a");
    assertThat(work(id).state()).isEqualTo(WorkState.READY);
  }

  @Test
  void an_interrupt_of_the_closing_thread_ends_the_grace_period() throws Exception {
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

      Work done = store.queue().awaitFinished(id, QueueStore.FOREVER).orElseThrow();

      assertThat(done.result()).isEqualTo("refused");
    }
  }

  @Test
  void a_closed_store_ends_its_workers() throws Exception {
    Worker worker = worker((claim, context) -> {}, Duration.ofDays(1));
    store.finished(store.add("first"));

    store.belay().close();

    worker.close(); // would wait for a day for a thread that went on
  }

  private Worker worker(WorkHandler handler, Duration grace) {
    return store.queue().worker(handler).ttl(TTL).grace(grace).start();
  }

  /** Closes on another thread; returns whether that thread was left interrupted. */
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
    return store.queue().enqueue(NewWork.of(payload)).workId();
  }

  private Work work(long id) {
    return store.queue().find(id).orElseThrow();
  }
}
