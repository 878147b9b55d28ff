package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Lease;
import dev.belay.lease.LeaseKeeper;
import dev.belay.queue.NewWork;
import dev.belay.queue.Work;
import dev.belay.queue.WorkHandler;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.store.StoreClosedException;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Closing a store ends, in this order, its workers, what it has accepted, its keepers, itself. */
@OnEachForm
class CloseOrderTest {
  private static final Duration LONG = Duration.ofDays(1);

  @RegisterExtension
  final StoreExtension store =
      StoreExtension.onEachForm().with(options -> options.withBusyTimeout(Duration.ofSeconds(60)));

  private Belay belay;
  private final CountDownLatch goOn = new CountDownLatch(1);

  @BeforeEach
  void open() {

    belay = store.belay();
    store.createNotes();
  }

  @AfterEach
  void close() {
    goOn.countDown();
  }

  @Test
  @NeedsSharing
  void workers_stop_first_and_what_their_handlers_are_at_is_given_back_uncharged()
      throws Exception {
    long id = enqueue();
    Worker worker = worker(Duration.ZERO, goOn::await);

    belay.close();

    assertThat(worker.isRunning()).isFalse();
    Work work = reopenedWork(id);
    assertThat(work.state()).isEqualTo(WorkState.READY);
    assertThat(work.attempt()).isZero();
  }

  @Test
  @NeedsSharing
  void a_handler_may_go_on_writing_and_completes_within_its_grace_period() throws Exception {
    long id = enqueue();
    Worker worker =
        worker(
            LONG,
            () -> {
              goOn.await();
              belay.useWrite(tx -> Notes.add(tx, "in the grace period"));
            });
    CompletableFuture<Void> closing = CompletableFuture.runAsync(belay::close, LaterThreads.EACH);
    while (worker.isRunning()) {
      Thread.onSpinWait();
    }

    goOn.countDown();
    Patience.get(closing);

    assertThat(store.notes()).containsExactly("in the grace period");
    assertThat(reopenedWork(id).state()).isEqualTo(WorkState.DONE);
  }

  @Test
  @NeedsSharing
  void a_handler_may_close_the_store_and_goes_on_for_its_grace_period() throws Exception {
    long id = enqueue();
    CompletableFuture<Boolean> returned = new CompletableFuture<>();
    worker(
        LONG,
        () -> {
          belay.close();
          belay.close();
          returned.complete(true);
        });

    assertThat(Patience.get(returned)).isTrue();
    awaitClosed();
    assertThat(reopenedWork(id).state()).isEqualTo(WorkState.DONE);
  }

  @Test
  void a_hook_and_a_continuation_may_close_the_store_and_wait_for_nothing() throws Exception {
    CountDownLatch attached = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(2);
    CompletableFuture<Boolean> hooked = new CompletableFuture<>();
    CompletableFuture<Boolean> continued =
        belay
            .tx()
            .writeAsync(
                tx -> {
                  tx.afterCommit(
                      () -> {
                        told.countDown();
                        Standstill.await(goOn);
                        belay.close();
                        hooked.complete(true);
                      });
                  Standstill.await(attached);
                  return true;
                })
            .thenApply(
                answer -> {
                  told.countDown();
                  Standstill.await(goOn);
                  belay.close();
                  return answer;
                });
    attached.countDown();
    Standstill.await(told); // else the body that stands still would be in the same transaction
    try (Standstill standstill = store.standstill(belay)) {
      goOn.countDown();

      assertThat(Patience.get(hooked)).isTrue();
      assertThat(Patience.get(continued)).isTrue();
      standstill.end();
    }
    awaitClosed();
  }

  @Test
  void inside_a_body_it_is_refused_and_stops_nothing() throws Exception {
    Worker worker = belay.queue("q").worker((claim, context) -> {}).start();

    belay.useWrite(
        tx -> assertThatThrownBy(belay::close).isInstanceOf(IllegalStateException.class));

    assertThat(worker.isRunning()).isTrue();
    assertThat(belay.queue("q").awaitFinished(enqueue(), LONG)).isPresent();
  }

  @Test
  void an_interrupted_thread_closes_without_waiting_for_what_runs() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CompletableFuture<Integer> waiting;
    try (Standstill standstill = store.standstill(belay)) {
      waiting = belay.tx().writeAsync(tx -> runs.incrementAndGet());

      Thread.currentThread().interrupt();
      belay.close(); // the busy timeout is longer than the patience of the test

      assertThat(Thread.interrupted()).isTrue();
      assertThat(catchThrowable(() -> Patience.get(waiting)))
          .hasCauseInstanceOf(StoreClosedException.class);
      standstill.end();
    }
    assertThat(runs).hasValue(0);
  }

  @Test
  void an_interrupt_ends_the_wait_of_a_thread_that_closes() throws Exception {
    try (Standstill standstill = store.standstill(belay)) {
      CompletableFuture<Boolean> closed = new CompletableFuture<>();
      Thread closer =
          new Thread(
              () -> {
                belay.close();
                closed.complete(Thread.currentThread().isInterrupted());
              });
      closer.start();
      while (closer.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }

      closer.interrupt();

      assertThat(Patience.get(closed)).isTrue();
      standstill.end();
    }
  }

  @Test
  @NeedsSharing
  void a_keeper_renews_while_accepted_work_runs_and_releases_its_lease_last() throws Exception {
    Duration ttl = Duration.ofSeconds(2);
    Lease lease = belay.leases().acquire("l", "a", ttl).granted().orElseThrow();
    CompletableFuture<Lease> lost = new CompletableFuture<>();
    LeaseKeeper keeper = belay.leases().keep(lease, ttl, lost::complete);
    CompletableFuture<Boolean> held;
    CompletableFuture<Void> closing;
    try (Standstill standstill = store.standstill(belay)) {
      held =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    belay.leases().require(tx, lease);
                    return keeper.isHeld();
                  });
      closing = CompletableFuture.runAsync(belay::close, LaterThreads.EACH);
      while (catchThrowable(() -> belay.tx().readAsync(tx -> 1)) == null) {
        Thread.onSpinWait();
      }
      assertThat(keeper.isHeld()).isTrue();
      standstill.end();
    }

    assertThat(Patience.get(held)).isTrue();
    Patience.get(closing);
    assertThat(keeper.isHeld()).isFalse();
    keeper.close();
    try (Belay next = store.another()) {
      assertThat(next.leases().find("l")).isEmpty();
    }
    assertThat(lost).isNotDone();
  }

  @Test
  void a_worker_that_was_stopped_is_not_kept() throws Exception {
    var worker =
        new java.lang.ref.WeakReference<>(belay.queue("q").worker((claim, c) -> {}).start());
    java.util.Objects.requireNonNull(worker.get()).close();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (worker.get() != null && System.nanoTime() - deadline < 0) {
      System.gc();
    }
    assertThat(worker.get()).isNull();
  }

  private interface Step {
    void run() throws Exception;
  }

  /** A worker whose handler is at {@code step} when this returns. */
  private Worker worker(Duration grace, Step step) {
    CountDownLatch running = new CountDownLatch(1);
    WorkHandler handler =
        (claim, context) -> {
          running.countDown();
          step.run();
        };
    Worker worker = belay.queue("q").worker(handler).grace(grace).start();
    Standstill.await(running);
    return worker;
  }

  private long enqueue() {
    return belay.queue("q").enqueue(NewWork.of("w")).workId();
  }

  private void awaitClosed() {
    while (catchThrowable(() -> belay.useRead(tx -> {})) == null) {
      Thread.onSpinWait();
    }
    belay.close(); // waits for the thread that closes
  }

  private Work reopenedWork(long id) {
    try (Belay next = store.another()) {
      return next.queue("q").find(id).orElseThrow();
    }
  }
}
