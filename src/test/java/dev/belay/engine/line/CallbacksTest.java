package dev.belay.engine.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.testing.DeadThread;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: no callback keeps another waiting, and none is lost, also when threads cannot be started.
 * Method: tasks that block until the test lets them go, and threads whose start fails.
 */
class CallbacksTest {
  private final AtomicBoolean noThreads = new AtomicBoolean();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final Callbacks callbacks = new Callbacks(this::thread);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @AfterEach
  void end() {
    noThreads.set(false);
    goOn.countDown();
    callbacks.retire();
    assertThat(callbacks.awaitQuiet(inSeconds(60))).isTrue();
  }

  @Test
  void tasks_that_block_keep_no_other_waiting() {
    block(300);

    run();
  }

  @Test
  void a_task_that_joins_a_chain_of_later_ones_ends() throws Exception {
    CompletableFuture<Integer> depth = new CompletableFuture<>();
    callbacks.execute(() -> depth.complete(join(100)));

    assertThat(Patience.get(depth)).isEqualTo(100);
  }

  @Test
  void every_task_of_many_callers_runs_once() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    List<CompletableFuture<Void>> callers = new ArrayList<>();
    for (int caller = 0; caller < 8; caller++) {
      callers.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  callbacks.execute(runs::incrementAndGet);
                }
              },
              LaterThreads.EACH));
    }
    for (CompletableFuture<Void> caller : callers) {
      Patience.get(caller);
    }

    assertThat(callbacks.awaitQuiet(inSeconds(60))).isTrue();
    assertThat(runs).hasValue(160_000);
  }

  @Test
  void a_task_waits_for_a_thread_that_is_free_while_none_can_be_started() {
    run();
    noThreads.set(true);
    AtomicInteger runs = new AtomicInteger();
    for (int i = 0; i < 100; i++) {
      callbacks.execute(runs::incrementAndGet);
    }

    await(() -> runs.get() == 100);
  }

  @Test
  void a_task_behind_blocked_ones_runs_as_soon_as_a_thread_can_be_started() {
    run();
    noThreads.set(true);
    CountDownLatch first = new CountDownLatch(1);
    callbacks.execute(() -> blocked(first));
    Standstill.await(first);
    AtomicInteger runs = new AtomicInteger();
    callbacks.execute(runs::incrementAndGet);
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50)); // for the failing starts to be met

    noThreads.set(false); // and nothing else is handed in

    await(() -> runs.get() == 1);
  }

  @Test
  void a_task_that_finds_no_thread_at_all_runs_with_the_next_one() {
    noThreads.set(true);
    AtomicInteger runs = new AtomicInteger();
    callbacks.execute(runs::incrementAndGet);
    callbacks.execute(runs::incrementAndGet);
    assertThat(callbacks.awaitQuiet(System.nanoTime() + 1_000_000)).isFalse();
    assertThat(runs).hasValue(0);
    noThreads.set(false);

    callbacks.execute(runs::incrementAndGet);

    await(() -> runs.get() == 3);
  }

  @Test
  void who_waits_for_quiet_starts_the_thread_that_could_not_be_started() {
    noThreads.set(true);
    AtomicInteger runs = new AtomicInteger();
    callbacks.execute(runs::incrementAndGet);
    noThreads.set(false);

    assertThat(callbacks.awaitQuiet(inSeconds(60))).isTrue();
    assertThat(runs).hasValue(1);
  }

  @Test
  void a_thread_can_be_asked_for_before_anything_depends_on_it() {
    noThreads.set(true);
    assertThatThrownBy(callbacks::ensureStarted).isInstanceOf(OutOfMemoryError.class);
    noThreads.set(false);
    callbacks.ensureStarted();
    noThreads.set(true);
    callbacks.ensureStarted();

    run();
  }

  @Test
  void quiet_means_the_tasks_of_tasks_too() {
    AtomicInteger runs = new AtomicInteger();
    callbacks.execute(() -> again(50, runs));

    assertThat(callbacks.awaitQuiet(inSeconds(60))).isTrue();
    assertThat(runs).hasValue(50);
  }

  @Test
  void who_waits_for_quiet_waits_to_the_deadline_or_an_interrupt() {
    block(1);

    assertThat(callbacks.awaitQuiet(System.nanoTime() + 1_000_000)).isFalse();
    Thread.currentThread().interrupt();
    assertThat(callbacks.awaitQuiet(inSeconds(60))).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void what_a_task_throws_ends_neither_its_thread_nor_the_next_task() {
    List<Throwable> caught = new ArrayList<>();
    callbacks.execute(
        () -> {
          Thread.currentThread()
              .setUncaughtExceptionHandler(
                  (thread, thrown) -> {
                    synchronized (caught) {
                      caught.add(thrown);
                    }
                    throw new OutOfMemoryError("of the handler");
                  });
          throw new StackOverflowError("of a task");
        });
    run();

    assertThat(callbacks.awaitQuiet(inSeconds(60))).isTrue();
    assertThat(caught).singleElement().isInstanceOf(StackOverflowError.class);
    assertThat(threads).noneMatch(thread -> thread.getState() == Thread.State.TERMINATED);
  }

  @Test
  void an_interrupt_of_one_task_does_not_reach_the_next() {
    List<Boolean> flags = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      callbacks.execute(
          () -> {
            synchronized (flags) {
              flags.add(Thread.currentThread().isInterrupted());
            }
            Thread.currentThread().interrupt();
          });
      assertThat(callbacks.awaitQuiet(inSeconds(60))).isTrue();
    }

    assertThat(flags).hasSize(10).containsOnly(false);
  }

  @Test
  void its_threads_know_that_they_are_and_have_names_of_their_own() {
    CompletableFuture<Boolean> here = new CompletableFuture<>();
    callbacks.execute(() -> here.complete(callbacks.isCallbackThread()));
    block(20);

    assertThat(here.join()).isTrue();
    assertThat(callbacks.isCallbackThread()).isFalse();
    assertThat(new Callbacks().isCallbackThread()).isFalse();
    assertThat(threads.stream().map(Thread::getName))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("belay-callback-\\d+"));
    assertThat(threads).allMatch(Thread::isDaemon);
  }

  @Test
  void retired_ones_end_and_start_again_for_what_comes_late() throws Exception {
    block(5);
    goOn.countDown();
    callbacks.retire();
    for (Thread thread : threads) {
      Patience.join(thread);
      assertThat(thread.isAlive()).isFalse();
    }

    run();
  }

  @Test
  void a_report_on_a_callers_thread_goes_to_the_log_and_not_to_its_handler() throws Exception {
    AtomicBoolean handled = new AtomicBoolean();
    try (LogProbe log = LogProbe.recording()) {
      Thread caller = new Thread(() -> Reports.report(new IllegalStateException("of a hook")));
      caller.setUncaughtExceptionHandler((thread, thrown) -> handled.set(true));
      caller.start();
      caller.join();

      assertThat(handled).isFalse();
      assertThat(log.errors()).singleElement().isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void a_report_never_throws() {
    try (LogProbe log = LogProbe.throwing(new OutOfMemoryError("of the logger"))) {
      Reports.report(new IllegalStateException("of a hook"));

      assertThat(log.errors()).hasSize(1);
    }
  }

  private Thread thread(String name, Runnable task) {
    Thread thread = noThreads.get() ? new DeadThread() : Threads.daemon(name, task);
    if (!noThreads.get()) {
      threads.add(thread);
    }
    return thread;
  }

  private int join(int depth) {
    if (depth == 0) {
      return 0;
    }
    CompletableFuture<Integer> below = new CompletableFuture<>();
    callbacks.execute(() -> below.complete(join(depth - 1)));
    return below.join() + 1;
  }

  private void again(int times, AtomicInteger runs) {
    runs.incrementAndGet();
    if (times > 1) {
      callbacks.execute(() -> again(times - 1, runs));
    }
  }

  /** Has {@code count} tasks blocked when it returns. */
  private void block(int count) {
    CountDownLatch blocked = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      callbacks.execute(() -> blocked(blocked));
    }
    Standstill.await(blocked);
  }

  private void blocked(CountDownLatch here) {
    here.countDown();
    Standstill.await(goOn);
  }

  /** Runs one task to its end. */
  private void run() {
    CountDownLatch ran = new CountDownLatch(1);
    callbacks.execute(ran::countDown);
    Standstill.await(ran);
  }

  private static long inSeconds(long seconds) {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = inSeconds(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("patience of the test").isNegative();
      LockSupport.parkNanos(100_000);
    }
  }
}
