package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.RETRY;
import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkContext;
import dev.belay.queue.WorkHandler;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.store.BelayObserver.AttemptFailure;
import dev.belay.store.BelayObserver.AttemptFailure.Outcome;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: what claimMore adds to the claim of a running handler ends with the run, however that ends;
 * none of it is left to lapse. Method: a lane of four, a handler that takes all of it.
 */
@OnEachForm(inTurn = true)
class WorkerLaneTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();
  private final ToldFailures told = new ToldFailures();
  private final List<Long> ids = new ArrayList<>();

  @Test
  void work_that_joined_is_completed_with_its_run() throws Exception {
    fillLane();

    handleOne((claim, context) -> joinRest(claim), context -> context.result("of the first"));

    assertThat(states()).containsOnly(WorkState.DONE);
    assertThat(store.work(ids.get(0)).result()).isEqualTo("of the first");
    assertThat(store.work(ids.get(1)).result()).isNull();
    assertThat(attempts()).containsOnly(1);
    assertNothingTold();
  }

  @Test
  void work_that_joins_in_a_transaction_counts_after_its_commit() throws Exception {
    fillLane();

    handleOne(
        (claim, context) -> {
          try {
            store
                .belay()
                .useWrite(
                    tx -> {
                      assertThat(store.queue().claimMore(tx, claim, 2)).hasSize(2);
                      throw new IllegalStateException("undone");
                    });
          } catch (IllegalStateException e) {
            store.belay().useWrite(tx -> store.queue().claimMore(tx, claim, 1));
          }
        },
        context -> {});

    assertThat(states())
        .containsExactly(WorkState.DONE, WorkState.DONE, WorkState.READY, WorkState.WAITING);
    assertNothingTold();
  }

  @Test
  void work_that_joins_and_is_completed_in_one_transaction_is_settled_for_its_run()
      throws Exception {
    fillLane();

    handleOne(
        (claim, context) ->
            store
                .belay()
                .useWrite(
                    tx -> {
                      Claim second = store.queue().claimMore(tx, claim, 1).get(0);
                      Claim third = store.queue().claimMore(tx, second, 1).get(0);
                      store.queue().complete(tx, claim);
                      store.queue().complete(tx, second, "by hand");
                      assertThat(third.workId()).isEqualTo(ids.get(2));
                    }),
        context -> assertThat(context.isHeld()).as("the third joined too").isTrue());

    assertThat(states())
        .containsExactly(WorkState.DONE, WorkState.DONE, WorkState.DONE, WorkState.READY);
    assertThat(store.work(ids.get(1)).result()).isEqualTo("by hand");
    assertNothingTold();
  }

  @Test
  void a_run_holds_nothing_once_its_handler_has_settled_all_of_it() throws Exception {
    fillLane();

    handleOne(
        (claim, context) -> {
          List<Claim> more = joinRest(claim);
          store.queue().complete(claim);
          assertThat(context.isHeld()).isTrue();
          more.forEach(one -> store.queue().complete(one));
          assertThat(context.isHeld()).isFalse();
        },
        context -> {});

    assertThat(states()).containsOnly(WorkState.DONE);
    assertNothingTold();
  }

  @Test
  void a_throw_fails_the_first_that_is_open_and_gives_back_the_rest() throws Exception {
    fillLane();

    handleOne(
        (claim, context) -> {
          List<Claim> more = joinRest(claim);
          store.queue().complete(claim);
          store.queue().complete(more.get(0));
          throw new IllegalStateException("at the third");
        },
        context -> {});

    assertThat(states())
        .containsExactly(WorkState.DONE, WorkState.DONE, WorkState.WAITING, WorkState.WAITING);
    assertThat(store.work(ids.get(2)).lastError()).contains("at the third");
    assertThat(attempts()).containsExactly(1, 1, 1, 0);
    assertThat(told.one().workId()).isEqualTo(ids.get(2));
    assertThat(told.one().outcome()).isEqualTo(Outcome.RETRIED);
    store.clock.advance(RETRY);
    assertThat(store.drain()).containsExactly("m3", "m4");
  }

  @Test
  void work_that_the_handler_leaves_of_its_grant_is_completed() throws Exception {
    fillLane();

    handleOne(
        (claim, context) -> {
          List<Claim> more = joinRest(claim);
          assertThat(store.queue().complete(claim)).isEqualTo(Settlement.SETTLED);
          assertThat(store.queue().complete(more.get(0), "by hand")).isEqualTo(Settlement.SETTLED);
        },
        context -> {});

    assertThat(states()).containsOnly(WorkState.DONE);
    assertThat(store.work(ids.get(1)).result()).isEqualTo("by hand");
    assertNothingTold();
  }

  @Test
  void work_that_the_handler_gives_back_takes_the_work_behind_it_along() throws Exception {
    fillLane();
    Instant later = store.clock.instant().plus(RETRY);

    handleOne(
        (claim, context) -> {
          List<Claim> more = joinRest(claim);
          store.queue().complete(claim);
          store.queue().defer(more.get(0), later);
        },
        context -> {});

    assertThat(states())
        .containsExactly(WorkState.DONE, WorkState.WAITING, WorkState.WAITING, WorkState.WAITING);
    assertThat(attempts()).containsExactly(1, 0, 0, 0);
    assertNothingTold();
  }

  @Test
  void work_that_joined_is_renewed_during_the_run() throws Exception {
    fillLane();
    CompletableFuture<WorkContext> joined = new CompletableFuture<>();
    CountDownLatch go = new CountDownLatch(1);
    WorkHandler handler =
        (claim, context) -> {
          joinRest(claim);
          store.queue().complete(claim); // by which the others could be renewed
          joined.complete(context);
          go.await();
        };
    try (Worker worker = store.queue().worker(handler).ttl(TTL).listener(told).start()) {
      WorkContext context = Patience.get(joined);
      for (int i = 0; i < 3; i++) {
        Instant expiry = context.claim().expiresAt();
        store.clock.advance(TTL.dividedBy(2));
        Patience.until("the renewal", () -> context.claim().expiresAt().isAfter(expiry));
        assertThat(context.isHeld()).isTrue();
      }
      go.countDown();
      assertThat(worker.isRunning()).isTrue();
    }
    assertThat(states()).containsOnly(WorkState.DONE);
    assertNothingTold();
  }

  @Test
  void a_stop_gives_all_of_it_back_uncharged() throws Exception {
    fillLane();
    CompletableFuture<Void> joined = new CompletableFuture<>();
    WorkHandler handler =
        (claim, context) -> {
          joinRest(claim);
          joined.complete(null);
          new CountDownLatch(1).await(); // the stop's interrupt ends it
        };
    try (Worker worker = store.queue().worker(handler).grace(Duration.ZERO).start()) {
      Patience.get(joined);
      assertThat(worker.isRunning()).isTrue();
    }

    assertThat(states())
        .containsExactly(WorkState.READY, WorkState.WAITING, WorkState.WAITING, WorkState.WAITING);
    assertThat(attempts()).containsOnly(0);
    assertThat(store.drain()).containsExactly("m1", "m2", "m3", "m4");
  }

  @Test
  @NeedsSharing
  void work_that_joins_through_another_handle_is_given_back() throws Exception {
    fillLane();

    handleOne(
        (claim, context) -> assertThat(store.queueOfAnother().claimMore(claim, 2)).hasSize(2),
        context -> {});

    assertThat(states())
        .containsExactly(WorkState.DONE, WorkState.READY, WorkState.WAITING, WorkState.WAITING);
    assertThat(attempts()).containsExactly(1, 0, 0, 0);
  }

  private void fillLane() {
    for (int i = 1; i <= 4; i++) {
      ids.add(store.addToLane("chat", "m" + i));
    }
  }

  private List<Claim> joinRest(Claim claim) {
    List<Claim> more = store.queue().claimMore(claim, 10);
    assertThat(more).hasSize(3);
    return more;
  }

  private List<WorkState> states() {
    return ids.stream().map(store::state).toList();
  }

  private List<Integer> attempts() {
    return ids.stream().map(id -> store.work(id).attempt()).toList();
  }

  private void assertNothingTold() {
    assertThat(told.failed).extracting(AttemptFailure::failure).isEmpty();
    assertThat(told.lost).isEmpty();
  }

  private interface Last {
    void call(WorkContext context);
  }

  /** Has a worker make one run, and returns when that is settled. */
  private void handleOne(WorkHandler handler, Last last) throws Exception {
    CompletableFuture<Void> handled = new CompletableFuture<>();
    CountDownLatch stopping = new CountDownLatch(1);
    WorkHandler once =
        (claim, context) -> {
          try {
            handler.handle(claim, context);
          } finally {
            last.call(context);
            handled.complete(null);
            stopping.await(); // so that there is no second run
          }
        };
    CompletableFuture<Void> closed;
    Worker worker = store.queue().worker(once).ttl(TTL).listener(told).start();
    Patience.get(handled);
    closed = CompletableFuture.runAsync(worker::close, task -> daemon(task).start());
    Patience.until("the worker stops", () -> !worker.isRunning());
    stopping.countDown();
    Patience.get(closed);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    return thread;
  }
}
