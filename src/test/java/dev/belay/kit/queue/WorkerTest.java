package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.FOREVER;
import static dev.belay.kit.queue.QueueStore.TTL;
import static dev.belay.kit.queue.QueueStore.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Cancellation;
import dev.belay.queue.NewWork;
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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: whatever a handler does, its work ends as it should, and its worker keeps running. */
@OnEachForm(inTurn = true)
class WorkerTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void work_whose_handler_returns_is_done_with_its_result() throws Exception {
    try (Worker worker = worker((claim, context) -> context.result("of " + claim.payload()))) {
      assertThat(worker.isRunning()).isTrue();

      Work done = finished(add("a"));

      assertThat(done.state()).isEqualTo(WorkState.DONE);
      assertThat(done.result()).isEqualTo("of a");
      assertThat(done.worker()).isEqualTo(worker.name());
    }
  }

  @Test
  void all_threads_work_at_a_time_also_on_one_batch() throws Exception {
    CountDownLatch together = new CountDownLatch(4);
    List<Long> ids = new ArrayList<>();
    store.queue().enqueueAll(works(4)).forEach(added -> ids.add(added.workId()));
    WorkHandler handler =
        (claim, context) -> {
          together.countDown();
          together.await();
        };

    try (Worker worker = store.queue().worker(handler).threads(4).batch(4).start()) {
      for (long id : ids) {
        assertThat(finished(id).state()).isEqualTo(WorkState.DONE);
      }
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void a_lot_of_work_is_done_once_each() throws Exception {
    ConcurrentLinkedQueue<Long> handled = new ConcurrentLinkedQueue<>();
    List<Long> ids = new ArrayList<>();
    WorkHandler handler = (claim, context) -> handled.add(claim.workId());

    try (Worker one = store.queue().worker(handler).threads(4).batch(8).start();
        Worker two = store.queue().worker(handler).threads(2).start()) {
      for (int i = 0; i < 10; i++) {
        store.queue().enqueueAll(works(50)).forEach(added -> ids.add(added.workId()));
      }
      for (long id : ids) {
        assertThat(finished(id).attempt()).isEqualTo(1);
      }
      assertThat(one.name()).isNotEqualTo(two.name());
    }
    assertThat(handled).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void a_handler_that_throws_is_tried_again_and_buried_with_its_message() throws Exception {
    try (Worker worker =
        worker(
            (claim, context) -> {
              throw new IllegalArgumentException("cannot read payload " + claim.attempt());
            })) {
      long id = store.queue().enqueue(NewWork.of("{").withAttemptsMax(2)).workId();
      Patience.until("what the test waits for", () -> state(id) == WorkState.WAITING);
      assertThat(store.queue().find(id).orElseThrow().lastError())
          .isEqualTo("java.lang.IllegalArgumentException: cannot read payload 1");
      store.clock.advance(QueueStore.RETRY);

      Work buried = finished(id);

      assertThat(buried.state()).isEqualTo(WorkState.BURIED);
      assertThat(buried.lastError()).endsWith("cannot read payload 2");
      assertLivesOn(worker);
    }
  }

  @Test
  void an_error_fails_the_work_and_not_the_worker() throws Exception {
    List<Throwable> thrown =
        List.of(
            new OutOfMemoryError("pretended"),
            new StackOverflowError(),
            new NoClassDefFoundError("a/b"),
            new InterruptedException("of its own"),
            new IllegalStateException("nul \0, half \ud800, long " + "x".repeat(10_000)),
            new Exception() {
              @Override
              public String getMessage() {
                throw new StackOverflowError("no message");
              }
            },
            new Exception() {
              @Override
              public String getMessage() {
                throw new StackOverflowError();
              }
            });
    AtomicInteger next = new AtomicInteger();
    WorkHandler handler =
        (claim, context) -> {
          if (next.get() < thrown.size()) {
            Throwable failure = thrown.get(next.getAndIncrement());
            if (failure instanceof Error error) {
              throw error;
            }
            throw (Exception) failure;
          }
        };
    try (Worker worker = worker(handler)) {
      for (Throwable failure : thrown) {
        Work buried = finished(store.queue().enqueue(NewWork.of("a").withAttemptsMax(1)).workId());
        assertThat(buried.state()).isEqualTo(WorkState.BURIED);
        assertThat(buried.lastError()).startsWith(failure.getClass().getName());
      }
      assertLivesOn(worker);
    }
  }

  @Test
  void an_interrupt_flag_that_a_handler_leaves_has_no_effect() throws Exception {
    try (Worker worker = worker((claim, context) -> Thread.currentThread().interrupt())) {
      assertThat(finished(add("a")).state()).isEqualTo(WorkState.DONE);
      assertLivesOn(worker);
    }
  }

  @Test
  void work_that_its_handler_has_settled_is_left_alone() throws Exception {
    Instant later = store.clock.instant().plusSeconds(60);
    WorkHandler handler =
        (claim, context) -> {
          switch (claim.payload()) {
            case "complete" ->
                store.belay().useWrite(tx -> store.queue().complete(tx, claim, "by hand"));
            case "bury" -> store.queue().bury(claim, "by hand");
            case "defer" -> store.queue().defer(claim, later);
            case "settle and throw" -> {
              store.queue().complete(claim, "by hand");
              throw new IllegalStateException("after the settlement");
            }
            default -> throw new AssertionError(claim);
          }
          context.result("too late");
        };
    long deferred = add("defer");
    try (Worker worker = worker(handler)) {
      assertThat(finished(add("complete")).result()).isEqualTo("by hand");
      assertThat(finished(add("bury")).lastError()).isEqualTo("by hand");
      Work thrown = finished(add("settle and throw"));
      assertThat(thrown.result()).isEqualTo("by hand");
      assertThat(thrown.lastError()).isNull();
      Patience.until("what the test waits for", () -> state(deferred) == WorkState.WAITING);
      assertThat(worker.isRunning()).isTrue();
    }
    assertThat(store.queue().find(deferred).orElseThrow().attempt()).isZero();
  }

  @Test
  void a_long_handler_keeps_its_claim() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<WorkContext> running = new CompletableFuture<>();
    WorkHandler handler =
        (claim, context) -> {
          running.complete(context);
          go.await();
        };
    try (Worker worker = store.queue().worker(handler).ttl(TTL).start()) {
      long id = add("long");
      WorkContext context = get(running);
      for (int i = 0; i < 5; i++) {
        Instant expiry = context.claim().expiresAt();
        store.clock.advance(TTL.dividedBy(2));
        Patience.until(
            "what the test waits for", () -> context.claim().expiresAt().isAfter(expiry));
        assertThat(context.isHeld()).isTrue();
      }
      assertThat(store.queue().claim("other", TTL)).isEmpty();
      go.countDown();

      assertThat(finished(id).attempt()).isEqualTo(1);
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void a_handler_learns_that_its_work_is_to_be_cancelled() throws Exception {
    CompletableFuture<WorkContext> running = new CompletableFuture<>();
    WorkHandler handler =
        (claim, context) -> {
          running.complete(context);
          Patience.until("what the test waits for", context::isCancelRequested);
          store.queue().release(claim);
        };
    try (Worker worker = store.queue().worker(handler).ttl(TTL).start()) {
      long id = add("a");
      WorkContext context = get(running);
      assertThat(context.isCancelRequested()).isFalse();
      assertThat(store.queue().cancel(id)).isEqualTo(Cancellation.REQUESTED);
      store.clock.advance(TTL.dividedBy(2));

      assertThat(finished(id).state()).isEqualTo(WorkState.CANCELLED);
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void a_worker_is_built_within_its_bounds() {
    Worker.Builder builder = store.queue().worker((claim, context) -> {});

    assertThatThrownBy(() -> builder.threads(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.threads(Worker.THREADS_MAX + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.batch(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.ttl(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.grace(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.name("")).isInstanceOf(IllegalArgumentException.class);
  }

  private Worker worker(WorkHandler handler) {
    return store.queue().worker(handler).start();
  }

  private void assertLivesOn(Worker worker) throws InterruptedException {
    long id = add("after all that");
    Patience.until(
        "what the test waits for",
        () -> state(id) != WorkState.READY && state(id) != WorkState.CLAIMED);
    assertThat(store.queue().find(id).orElseThrow().worker()).isEqualTo(worker.name());
  }

  private long add(String payload) {
    return store.queue().enqueue(NewWork.of(payload)).workId();
  }

  private Work finished(long id) throws InterruptedException {
    return store.queue().awaitFinished(id, FOREVER).orElseThrow();
  }

  private WorkState state(long id) {
    return store.queue().find(id).orElseThrow().state();
  }

  private static List<NewWork> works(int count) {
    List<NewWork> works = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      works.add(NewWork.of("work " + i));
    }
    return works;
  }
}
