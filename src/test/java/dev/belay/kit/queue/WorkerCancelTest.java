package dev.belay.kit.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.queue.Cancellation;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkContext;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a cancel reaches a running handler without waiting for a renewal. Method: a clock that
 * stands still and a ttl of a day, so that there is none; the cancel comes from this handle and
 * from another one on the same store, which it sees as it sees another process.
 */
@OnEachForm(inTurn = true)
class WorkerCancelTest {
  private static final Duration DAY = Duration.ofDays(1);

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();
  private final BlockingQueue<WorkContext> running = new LinkedBlockingQueue<>();
  private final CountDownLatch go = new CountDownLatch(1);
  private Belay belay;
  private WorkQueue queue;

  @BeforeEach
  void open() {
    belay = store.belay();
    queue = store.queue();
  }

  @AfterEach
  void close() {
    go.countDown();
  }

  @Test
  void a_cancel_of_the_same_store_is_known_when_it_returns() throws Exception {
    try (Worker worker = start()) {
      long id = queue.enqueue(NewWork.of("a")).workId();
      WorkContext context = Patience.take(running);
      assertThat(context.isCancelRequested()).isFalse();

      assertThat(belay.queue("jobs").cancel(id)).isEqualTo(Cancellation.REQUESTED);

      assertThat(context.isCancelRequested()).isTrue();
      go.countDown();
      assertThat(queue.awaitFinished(id, DAY).orElseThrow().state()).isEqualTo(WorkState.CANCELLED);
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void a_cancel_that_is_rolled_back_reaches_no_handler() throws Exception {
    try (Worker worker = start()) {
      long id = queue.enqueue(NewWork.of("a")).workId();
      WorkContext context = Patience.take(running);

      try {
        belay.useWrite(
            tx -> {
              assertThat(queue.cancel(tx, id)).isEqualTo(Cancellation.REQUESTED);
              throw new IllegalStateException("undone");
            });
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("undone");
      }

      assertThat(context.isCancelRequested()).isFalse();
      assertThat(worker.isRunning()).isTrue();
      go.countDown();
    }
  }

  @Test
  @NeedsSharing
  void a_cancel_of_another_handle_reaches_each_of_many_handlers() throws Exception {
    int count = 4;
    WorkQueue other = store.queueOfAnother();
    try (Worker worker = queue.worker(this::handle).ttl(DAY).threads(count).start()) {
      for (int i = 0; i < count; i++) {
        assertThat(queue.enqueue(NewWork.of("a")).workId()).isPositive();
      }
      for (int i = 0; i < count; i++) {
        WorkContext context = Patience.take(running);
        long id = context.claim().workId();
        assertThat(context.isCancelRequested()).isFalse();
        assertThat(other.cancel(id)).isEqualTo(Cancellation.REQUESTED);
        Patience.until("the wish arrives", context::isCancelRequested);
      }
      go.countDown();
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void an_action_runs_once_whenever_it_was_given_and_not_after_the_handler() throws Exception {
    AtomicInteger before = new AtomicInteger();
    CompletableFuture<String> after = new CompletableFuture<>();
    WorkContext context;
    try (Worker worker = start()) {
      long id = queue.enqueue(NewWork.of("a")).workId();
      context = Patience.take(running);
      context.onCancel(before::incrementAndGet);
      queue.cancel(id);
      queue.cancel(id);
      context.onCancel(() -> after.complete(Thread.currentThread().getName()));

      assertThat(Patience.get(after)).startsWith("belay-callback");
      Patience.until("the first action has run", () -> before.get() > 0);
      go.countDown();
      queue.awaitFinished(id, DAY);
      assertThat(worker.isRunning()).isTrue();
    } // the handler gives its work back before it ends; once the worker is closed it has ended
    context.onCancel(() -> before.set(100));
    belay.close(); // which waits for callbacks
    assertThat(before).hasValue(1);
  }

  private Worker start() {
    return queue.worker(this::handle).ttl(DAY).start();
  }

  private void handle(Claim claim, WorkContext context) throws Exception {
    running.add(context);
    go.await();
    if (context.isCancelRequested()) {
      queue.release(claim);
    }
  }
}
