package dev.belay.queue;

import static dev.belay.queue.WaitingStore.FOREVER;
import static dev.belay.queue.WaitingStore.TTL;
import static dev.belay.queue.WaitingStore.await;
import static dev.belay.queue.WaitingStore.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.OnEachForm;
import dev.belay.testing.DeadThread;
import dev.belay.testing.LogProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: if a background thread cannot be started, nothing stays half-started; a running thread
 * continues after every exception. Method: threads whose start fails, and a log and handlers that
 * throw Errors.
 */
@OnEachForm(slow = true)
class WorkerStartTest {
  @RegisterExtension final WaitingStore store = WaitingStore.onEachForm();

  @Test
  void a_worker_whose_threads_cannot_all_be_started_has_none_and_has_claimed_nothing()
      throws Exception {
    long id = add("a");
    AtomicInteger handled = new AtomicInteger();
    int threads = 4;
    int others = 2; // the renewals and the time limit
    for (int startable = 0; startable < threads + others; startable++) {
      List<Thread> made = limitThreads(startable);
      Worker.Builder builder =
          store
              .waiting
              .worker((claim, context) -> handled.incrementAndGet())
              .threads(threads)
              .timeLimit(TTL);

      assertThatThrownBy(builder::start).isInstanceOf(OutOfMemoryError.class);

      assertThat(made).hasSize(startable).noneMatch(Thread::isAlive);
      assertThat(store.queues.workers().isWorkerThread()).isFalse();
    }
    assertThat(handled).hasValue(0);
    assertThat(store.queue.find(id).orElseThrow().state()).isEqualTo(WorkState.READY);
    assertThat(store.spy.tries).hasValue(0);

    store.spy.threads = store.spy.store::daemon;
    try (Worker worker = store.waiting.worker((claim, context) -> {}).start()) {
      assertThat(worker.isRunning()).isTrue();
      assertThat(store.queue.awaitFinished(id, FOREVER)).isPresent();
    }
  }

  @Test
  void who_cannot_wait_for_want_of_a_thread_leaves_the_next_one_to_start_it() throws Exception {
    List<Thread> made = limitThreads(0);
    assertThatThrownBy(() -> store.waiting.claim("w", TTL, 1, FOREVER))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(made).isEmpty();
    assertThat(store.waits.waiting()).isZero();

    store.spy.threads = store.spy.store::daemon;
    CompletableFuture<List<Claim>> claims = store.claimLater();
    store.awaitIdle(1);
    add("a");

    assertThat(get(claims)).hasSize(1);
  }

  @Test
  void a_waker_that_died_is_replaced() throws Exception {
    AtomicBoolean first = new AtomicBoolean(true);
    store.spy.threads =
        (name, task) -> store.spy.store.daemon(name, first.getAndSet(false) ? () -> {} : task);
    CompletableFuture<List<Claim>> unseen = store.claimLater();
    await(() -> store.waits.waiting() == 1 && !first.get());
    await(
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("belay-waker")));

    CompletableFuture<List<Claim>> seen = store.claimLater();
    store.awaitIdle(2);
    add("a");
    add("b");

    assertThat(get(unseen)).hasSize(1);
    assertThat(get(seen)).hasSize(1);
  }

  @Test
  void a_worker_works_on_after_a_log_that_throws_errors() throws Exception {
    AtomicInteger claimsThatFail = new AtomicInteger(3);
    store.spy.beforeTry =
        () -> {
          if (claimsThatFail.getAndDecrement() > 0) {
            throw new OutOfMemoryError("of a claim");
          }
        };
    long id = add("a");
    try (LogProbe log = LogProbe.throwing(new OutOfMemoryError("of the logger"));
        Worker worker = store.waiting.worker((claim, context) -> {}).start()) {
      await(() -> claimsThatFail.get() < 0);
      assertThat(store.queue.awaitFinished(id, FOREVER).orElseThrow().state())
          .isEqualTo(WorkState.DONE);
      assertThat(log.records()).isPositive();
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void renewals_go_on_after_an_error_and_a_log_that_throws() throws Exception {
    CompletableFuture<WorkContext> running = new CompletableFuture<>();
    AtomicInteger renewals = new AtomicInteger();
    store.spy.beforeRenewal =
        () -> {
          if (renewals.incrementAndGet() <= 3) {
            throw new StackOverflowError("of a renewal");
          }
        };
    CompletableFuture<Void> end = new CompletableFuture<>();
    WorkHandler handler =
        (claim, context) -> {
          running.complete(context);
          end.get();
        };
    add("a");
    try (LogProbe log = LogProbe.throwing(new OutOfMemoryError("of the logger"));
        Worker worker = store.waiting.worker(handler).ttl(TTL).start()) {
      var expiry = get(running).claim().expiresAt();

      store.clock.advance(TTL.dividedBy(2));

      await(() -> running.join().claim().expiresAt().isAfter(expiry));
      assertThat(log.records()).isPositive();
      end.complete(null);
      assertThat(worker.isRunning()).isTrue();
    }
  }

  @Test
  void a_worker_that_ended_by_itself_says_so() throws Exception {
    Worker worker = store.waiting.worker((claim, context) -> {}).start();
    store.awaitIdle(1);
    assertThat(worker.isRunning()).isTrue();

    store.spy.close();

    await(() -> !worker.isRunning());
    worker.close();
  }

  @Test
  void workers_stop_at_the_same_time_and_none_starts_afterwards() throws Exception {
    List<CompletableFuture<Void>> interrupted = new ArrayList<>();
    List<Worker> workers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      CompletableFuture<Void> here = new CompletableFuture<>();
      interrupted.add(here);
      add("work " + i);
      CompletableFuture<Void> running = new CompletableFuture<>();
      WorkHandler handler =
          (claim, context) -> {
            running.complete(null);
            try {
              new CountDownLatch(1).await(); // until the stop interrupts it
            } catch (InterruptedException e) {
              here.complete(null);
              throw e;
            }
          };
      Duration grace = i == 0 ? Duration.ofDays(1) : Duration.ZERO;
      workers.add(store.waiting.worker(handler).grace(grace).start());
      get(running);
    }
    CompletableFuture<Boolean> stopped =
        store.later(
            () -> {
              store.queues.workers().close();
              return Thread.currentThread().isInterrupted();
            });

    for (CompletableFuture<Void> here : interrupted.subList(1, 8)) {
      get(here); // although the first has a grace period of a day
    }
    store.lastThread().interrupt();

    assertThat(get(stopped)).isTrue();
    get(interrupted.get(0));
    assertThat(store.queue.stats().ready()).isEqualTo(8);
    assertThat(workers).noneMatch(Worker::isRunning);
    assertThatThrownBy(() -> store.waiting.worker((claim, context) -> {}).start())
        .isInstanceOf(dev.belay.store.StoreClosedException.class);
  }

  /**
   * Limits the number of threads that can be started from now on; returns the threads that were
   * created.
   */
  private List<Thread> limitThreads(int startable) {
    List<Thread> made = new ArrayList<>();
    int[] left = {startable};
    store.spy.threads =
        (name, task) -> {
          if (left[0]-- <= 0) {
            return new DeadThread();
          }
          Thread thread = store.spy.store.daemon(name, task);
          made.add(thread);
          return thread;
        };
    return made;
  }

  private long add(String payload) {
    return store.queue.enqueue(NewWork.of(payload)).workId();
  }
}
