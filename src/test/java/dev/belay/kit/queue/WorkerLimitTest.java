package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.WorkContext;
import dev.belay.queue.WorkHandler;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.store.BelayObserver.AttemptFailure.Outcome;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a handler that exceeds its time limit is interrupted, and its attempt fails whatever it
 * does.
 */
@OnEachForm(inTurn = true)
class WorkerLimitTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();
  private final ToldFailures told = new ToldFailures();

  @Test
  void a_handler_that_runs_too_long_is_interrupted_and_its_attempt_fails() throws Exception {
    long id = store.add("a");
    try (Worker worker = worker((claim, context) -> new CountDownLatch(1).await(), SHORT)) {
      Patience.until("the attempt fails", () -> !told.failed.isEmpty());
      assertThat(worker.isRunning()).isTrue();
    }

    assertThat(store.state(id)).isEqualTo(WorkState.WAITING);
    assertThat(store.work(id).lastError()).contains("ran longer than PT0.02S");
    assertThat(told.one().outcome()).isEqualTo(Outcome.RETRIED);
    assertThat(told.one().failure())
        .isInstanceOf(TimeoutException.class)
        .hasRootCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void a_handler_that_makes_light_of_it_has_failed_too() throws Exception {
    long id = store.add("a");
    WorkHandler handler =
        (claim, context) -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            context.result("all the same");
          }
        };
    try (Worker worker = worker(handler, SHORT)) {
      Patience.until("the attempt fails", () -> !told.failed.isEmpty());
      assertThat(worker.isRunning()).isTrue();
    }
    assertThat(store.work(id).lastError()).contains("ran longer than");
  }

  @Test
  void the_next_handler_of_the_thread_has_its_own_time_and_no_interrupt() throws Exception {
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    store.add("slow");
    WorkHandler handler =
        (claim, context) -> {
          if (claim.payload().equals("slow")) {
            new CountDownLatch(1).await();
          }
          interrupted.complete(Thread.currentThread().isInterrupted());
        };
    try (Worker worker = worker(handler, SHORT)) {
      Patience.until("the attempt fails", () -> !told.failed.isEmpty());
      store.add("quick");
      assertThat(Patience.get(interrupted)).isFalse();
      assertThat(worker.isRunning()).isTrue();
    }
    assertThat(told.failed).hasSize(1);
  }

  @Test
  void the_limit_goes_by_the_clock_too() throws Exception {
    CompletableFuture<Void> running = new CompletableFuture<>();
    Duration limit = Duration.ofMinutes(10);
    long id = store.add("a");
    WorkHandler handler =
        (claim, context) -> {
          running.complete(null);
          new CountDownLatch(1).await();
        };
    Worker.Builder builder = store.queue().worker(handler).listener(told).timeLimit(limit);
    try (Worker worker = builder.ttl(limit.multipliedBy(10)).start()) {
      Patience.get(running);
      store.clock.advance(limit.plusMillis(1));
      Patience.until("the attempt fails", () -> !told.failed.isEmpty());
      assertThat(worker.isRunning()).isTrue();
    }
    assertThat(store.work(id).lastError()).contains("ran longer than PT10M");
  }

  @Test
  void a_handler_that_does_not_return_is_reported_and_keeps_its_claim() throws Exception {
    CompletableFuture<WorkContext> running = new CompletableFuture<>();
    CountDownLatch go = new CountDownLatch(1);
    store.add("a");
    WorkHandler handler =
        (claim, context) -> {
          running.complete(context);
          awaitStubbornly(go);
        };
    try (LogProbe log = LogProbe.recording();
        Worker worker = worker(handler, SHORT)) {
      Patience.until(
          "it is told",
          () -> log.warnings().stream().anyMatch(text -> text.contains("does not return")));
      assertThat(Patience.get(running).isHeld()).isTrue();
      assertThat(told.failed).isEmpty();
      go.countDown();
      Patience.until("the attempt fails", () -> !told.failed.isEmpty());
      assertThat(worker.isRunning()).isTrue();
    }
    assertThat(told.one().outcome()).isEqualTo(Outcome.RETRIED);
  }

  @Test
  void a_limit_is_a_time() {
    Worker.Builder builder = store.queue().worker((claim, context) -> {});
    assertThatThrownBy(() -> builder.timeLimit(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Worker worker(WorkHandler handler, Duration limit) {
    return store.queue().worker(handler).ttl(TTL).listener(told).timeLimit(limit).start();
  }

  private static void awaitStubbornly(CountDownLatch go) {
    boolean waiting = true;
    while (waiting) {
      try {
        go.await();
        waiting = false;
      } catch (InterruptedException e) {
        // a handler that heeds no interrupt
      }
    }
  }
}
