package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.RETRY;
import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkHandler;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.store.BelayObserver;
import dev.belay.store.BelayObserver.AttemptFailure;
import dev.belay.store.BelayObserver.AttemptFailure.Outcome;
import dev.belay.testing.LogProbe;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: an exception of a handler is reported with its stack trace, however its work ends; so is a
 * completion that is lost. Method: handlers that do each of this, and a listener.
 */
@OnEachForm(inTurn = true)
class WorkerFailureTest {
  private final IllegalStateException thrown = new IllegalStateException("boom");

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();
  private final ToldFailures told = new ToldFailures();

  @Test
  void a_failure_is_reported_with_its_exception_and_the_retry() throws Exception {
    long id = store.add("a");

    handleOne((claim, context) -> throwIt());

    AttemptFailure failure = told.one();
    assertThat(failure.queue()).isEqualTo("jobs");
    assertThat(failure.workId()).isEqualTo(id);
    assertThat(failure.attempt()).isEqualTo(1);
    assertThat(failure.attemptsMax()).isEqualTo(NewWork.ATTEMPTS_DEFAULT);
    assertThat(failure.failure()).isSameAs(thrown);
    assertThat(failure.outcome()).isEqualTo(Outcome.RETRIED);
    assertThat(store.state(id)).isEqualTo(WorkState.WAITING);
  }

  @Test
  void the_last_attempt_is_reported_as_buried_or_as_cancelled() throws Exception {
    store.add(NewWork.of("a").withAttemptsMax(1));
    handleOne((claim, context) -> throwIt());
    assertThat(told.one().outcome()).isEqualTo(Outcome.BURIED);
    assertThat(told.one().attemptsMax()).isEqualTo(1);
    told.failed.clear();

    store.add("b");
    handleOne(
        (claim, context) -> {
          store.queue().cancel(claim.workId());
          throwIt();
        });
    assertThat(told.one().outcome()).isEqualTo(Outcome.CANCELLED);
  }

  @Test
  void an_exception_after_a_settlement_is_reported_and_the_settlement_stays() throws Exception {
    for (Settling verb : Settling.values()) {
      long id = store.add("a");
      handleOne(
          (claim, context) -> {
            verb.settle(store, claim);
            throwIt();
          });
      assertThat(told.of(id))
          .as(verb.name())
          .extracting(AttemptFailure::outcome)
          .containsExactly(Outcome.SETTLED_BEFORE);
      assertThat(told.of(id).get(0).failure()).isSameAs(thrown);
      assertThat(told.lost).isEmpty();
      store.queue().cancel(id);
    }
  }

  @Test
  @NeedsSharing
  void a_settlement_by_the_handler_is_no_loss_whichever_handle_made_it() throws Exception {
    WorkQueue queue = store.queue();
    for (WorkQueue settles : List.of(queue, store.queueOfAnother())) {
      long id = queue.enqueue(NewWork.of("a")).workId();
      CompletableFuture<Settlement> settled = new CompletableFuture<>();
      WorkHandler handler = (claim, context) -> settled.complete(settles.complete(claim));
      try (Worker worker = queue.worker(handler).listener(told).start()) {
        assertThat(Patience.get(settled)).isEqualTo(Settlement.SETTLED);
        assertThat(worker.isRunning()).isTrue();
      }
      assertThat(queue.find(id).orElseThrow().state()).isEqualTo(WorkState.DONE);
    }
    assertThat(told.lost).isEmpty();
    assertThat(told.failed).isEmpty();
  }

  @Test
  void a_completion_and_an_exception_under_a_lost_claim_are_reported() throws Exception {
    long done = store.add("done");
    handleOne((claim, context) -> loseClaim(claim));
    assertThat(told.lost).containsExactly(done);
    assertThat(told.failed).isEmpty();

    store.add("thrown");
    handleOne(
        (claim, context) -> {
          loseClaim(claim);
          throwIt();
        });
    assertThat(told.one().outcome()).isEqualTo(Outcome.CLAIM_LOST);
    assertThat(told.lost).containsExactly(done);
  }

  @Test
  void an_exception_after_the_end_of_the_worker_is_reported() throws Exception {
    Belay belay = store.belay();
    WorkQueue queue = belay.queue("jobs");
    CompletableFuture<Void> running = new CompletableFuture<>();
    CountDownLatch go = new CountDownLatch(1);
    queue.enqueue(NewWork.of("a"));
    WorkHandler handler =
        (claim, context) -> {
          running.complete(null);
          awaitStubbornly(go);
          throwIt();
        };
    try (Worker worker = queue.worker(handler).listener(told).grace(Duration.ZERO).start()) {
      Patience.get(running);
      belay.close(); // which gives up on the handler
      go.countDown();
      Patience.until("the failure is told", () -> !told.failed.isEmpty());
      assertThat(told.one().failure()).isSameAs(thrown);
      assertThat(told.one().outcome()).isEqualTo(Outcome.CLAIM_LOST);
      assertThat(worker.isRunning()).isFalse();
    }
  }

  @Test
  void by_default_a_failure_is_logged_with_its_stack_trace() throws Exception {
    try (LogProbe log = LogProbe.recording()) {
      store.add("a");
      handleOne((claim, context) -> throwIt(), null);
      assertThat(log.warnings()).anyMatch(text -> text.contains("work") && text.contains("failed"));
      store.add(NewWork.of("b").withAttemptsMax(1));
      handleOne((claim, context) -> throwIt(), null);
      assertThat(log.errors()).containsExactly(thrown);
    }
  }

  @Test
  void a_listener_that_throws_changes_nothing() throws Exception {
    BelayObserver throwing =
        new BelayObserver() {
          @Override
          public void attemptFailed(AttemptFailure failure) {
            throw new AssertionError("of the listener");
          }

          @Override
          public void completionLost(String queue, long workId, String worker, int attempt) {
            throw new AssertionError("of the listener");
          }
        };
    long thrown = store.add("thrown");
    handleOne((claim, context) -> throwIt(), throwing);
    assertThat(store.work(thrown).lastError()).contains("boom");
    store.clock.advance(RETRY);
    store.drain();

    long done = store.add("done");
    handleOne((claim, context) -> loseClaim(claim), throwing);
    assertThat(store.work(done).attempt()).isEqualTo(2);
  }

  private enum Settling {
    COMPLETE,
    FAIL,
    DEFER,
    RELEASE,
    BURY;

    void settle(QueueStore store, Claim claim) {
      Settlement settlement =
          switch (this) {
            case COMPLETE -> store.belay().write(tx -> store.queue().complete(tx, claim, "r"));
            case FAIL -> store.queue().fail(claim, "by hand");
            case DEFER -> store.queue().defer(claim, store.clock.instant().plus(TTL));
            case RELEASE -> store.queue().defer(claim, store.clock.instant().plusMillis(1));
            case BURY -> store.queue().bury(claim, "by hand");
          };
      assertThat(settlement).isEqualTo(Settlement.SETTLED);
    }
  }

  private void throwIt() {
    throw thrown;
  }

  /** Lets the claim lapse, and somebody else do the work. */
  private void loseClaim(Claim claim) {
    ManualClock clock = store.clock;
    clock.advance(TTL.multipliedBy(3));
    Claim successor = store.queue().claim("other", TTL).orElseThrow();
    assertThat(successor.workId()).isEqualTo(claim.workId());
    store.queue().complete(successor);
  }

  private static void awaitStubbornly(CountDownLatch go) {
    boolean waiting = true;
    while (waiting) {
      try {
        go.await();
        waiting = false;
      } catch (InterruptedException e) {
        // a handler that heeds no stop
      }
    }
  }

  private void handleOne(WorkHandler handler) throws Exception {
    handleOne(handler, told);
  }

  /** Has a worker handle one piece of work, and returns when it has settled and reported it. */
  private void handleOne(WorkHandler handler, BelayObserver listener) throws Exception {
    CompletableFuture<Void> handled = new CompletableFuture<>();
    WorkHandler noting =
        (claim, context) -> {
          if (!handled.isDone()) {
            try {
              handler.handle(claim, context);
            } finally {
              handled.complete(null);
            }
          }
        };
    Worker.Builder builder = store.queue().worker(noting).ttl(TTL);
    try (Worker worker = (listener == null ? builder : builder.listener(listener)).start()) {
      Patience.get(handled);
      assertThat(worker.isRunning()).isTrue();
    } // which waits for the thread, and so for what it tells
  }
}
