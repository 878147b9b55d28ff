package dev.belay.kit.store;

import static java.lang.Thread.State.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Lease;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.Worker;
import dev.belay.store.TxOutcome;
import dev.belay.store.TxRunner;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: what a caller's thread holds for it reaches its code on whatever thread that runs, and
 * stays nowhere. Method: a thread local that a wrapper carries, and every kind of code of a user's.
 */
@OnEachForm
class CallerContextTest {
  private static final Duration TTL = Duration.ofSeconds(60);

  /** What stands for MDC, security or trace context. */
  private final ThreadLocal<String> held = new ThreadLocal<>();

  private UnaryOperator<Runnable> carrying() {
    String captured = held.get();
    return task ->
        () -> {
          String before = held.get();
          held.set(captured);
          try {
            task.run();
          } finally {
            held.set(before);
          }
        };
  }

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();

  private Belay open(Supplier<UnaryOperator<Runnable>> capture) {
    return store.fresh(options -> options.withContext(capture));
  }

  @AfterEach
  void forget() {
    held.remove();
  }

  @Test
  void a_capture_that_fails_on_threads_of_the_store_keeps_no_work_from_being_done()
      throws Exception {
    int works = 200;
    AtomicInteger runs = new AtomicInteger();
    AtomicInteger captured = new AtomicInteger();
    Supplier<UnaryOperator<Runnable>> capture =
        () -> {
          if (Thread.currentThread().getName().startsWith("belay-")) {
            captured.incrementAndGet();
            throw new IllegalStateException("no request is bound to this thread");
          }
          return UnaryOperator.identity();
        };
    try (Belay belay = open(capture)) {
      WorkQueue queue = belay.queue("q");
      for (int i = 0; i < works; i++) {
        queue.enqueue(NewWork.of("p"));
      }
      AtomicBoolean done = new AtomicBoolean();
      // Beside other writers it is often another thread that runs what a thread of Belay asks for.
      List<CompletableFuture<Void>> writers =
          Stream.generate(
                  () ->
                      CompletableFuture.runAsync(
                          () -> {
                            while (!done.get()) {
                              belay.useWrite(tx -> assertThat(tx.writable()).isTrue());
                            }
                          },
                          LaterThreads.EACH))
              .limit(3)
              .toList();

      try (Worker worker =
          queue.worker((claim, context) -> runs.incrementAndGet()).threads(2).start()) {
        Patience.until("all work is done", () -> queue.stats().done() == works);
        assertThat(worker.isRunning()).isTrue();
      } finally {
        done.set(true);
      }
      writers.forEach(CompletableFuture::join);
    }
    assertThat(runs).hasValue(works);
    assertThat(captured).hasValue(0);
  }

  @Test
  void a_body_that_another_thread_runs_has_it_and_leaves_nothing_there() throws Exception {
    try (Belay belay = open(this::carrying)) {
      BlockingQueue<String> seen = new LinkedBlockingQueue<>();
      BlockingQueue<Thread> ranOn = new LinkedBlockingQueue<>();
      Thread caller =
          new Thread(
              () -> {
                held.set("caller");
                belay.useWrite(
                    tx -> {
                      ranOn.add(Thread.currentThread());
                      seen.add(held.get());
                      held.set("left behind");
                    });
              });
      CompletableFuture<String> next;
      try (Standstill standstill = store.standstill(belay)) {
        caller.start();
        Patience.until("the caller stands in line", () -> caller.getState() == WAITING);
        next = belay.tx().writeAsync(tx -> held.get() == null ? "nothing" : held.get());
        standstill.end();
      }
      assertThat(Patience.take(seen)).isEqualTo("caller");
      assertThat(Patience.take(ranOn)).isNotSameAs(caller);
      assertThat(Patience.get(next)).isEqualTo("nothing");
    }
  }

  @Test
  void asynchronous_bodies_of_every_kind_and_what_follows_their_futures_have_it() throws Exception {
    try (Belay belay = open(this::carrying)) {
      held.set("caller");
      TxRunner tx = belay.tx();
      List<CompletableFuture<String>> futures =
          List.of(
              tx.writeAsync(in -> held.get()),
              tx.writeFlowAsync(in -> TxOutcome.commit(held.get())),
              tx.readAsync(in -> held.get()),
              tx.callAsync(in -> held.get()));
      for (CompletableFuture<String> future : futures) {
        assertThat(Patience.get(future)).isEqualTo("caller");
      }
      CompletableFuture<String> continued;
      try (Standstill standstill = store.standstill(belay)) {
        // nobody has completed it when the action is added, so Belay's thread runs the action
        continued = tx.writeAsync(in -> 1).thenApply(one -> held.get() + " " + threadKind());
        standstill.end();
      }
      assertThat(Patience.get(continued)).isEqualTo("caller belay-callback");
      assertThat(held.get()).isEqualTo("caller");
    }
  }

  @Test
  void hooks_have_what_the_body_had_whatever_thread_ran_it() throws Exception {
    try (Belay belay = open(this::carrying)) {
      BlockingQueue<String> seen = new LinkedBlockingQueue<>();
      held.set("here");
      belay.useWrite(tx -> tx.afterCommit(() -> seen.add(held.get() + " " + threadKind())));
      assertThat(Patience.take(seen)).isEqualTo("here belay-callback");

      held.set("async");
      CompletableFuture<Integer> body =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    tx.afterCommit(() -> seen.add(held.get() + " " + threadKind()));
                    return 1;
                  });
      held.set("changed");
      assertThat(Patience.take(seen)).isEqualTo("async belay-callback");
      assertThat(Patience.get(body)).isEqualTo(1);

      belay.useWrite(
          tx -> tx.handle().afterCommit(() -> seen.add(held.get() + " of JDBI " + threadKind())));
      assertThat(Patience.take(seen)).isEqualTo("changed of JDBI belay-callback");
    }
  }

  @Test
  void handlers_have_what_started_their_worker_one_like_the_other() throws Exception {
    try (Belay belay = open(this::carrying)) {
      BlockingQueue<String> seen = new LinkedBlockingQueue<>();
      held.set("starter");
      AtomicInteger failures = new AtomicInteger();
      try (Worker worker =
          belay
              .queue("q")
              .worker(
                  (claim, context) -> {
                    seen.add(held.get());
                    held.set("left behind");
                    if (failures.getAndIncrement() == 0) {
                      throw new IOException("x");
                    }
                  })
              .start()) {
        held.set("changed");
        for (int i = 0; i < 3; i++) {
          belay.queue("q").enqueue(NewWork.of("p").withAttemptsMax(1));
          assertThat(Patience.take(seen)).isEqualTo("starter");
        }
        assertThat(worker.isRunning()).isTrue();
      }
      assertThat(belay.queue("q").stats().buried()).isEqualTo(1);
    }
  }

  @Test
  void what_a_cancel_runs_has_what_its_handler_has() throws Exception {
    try (Belay belay = open(this::carrying)) {
      BlockingQueue<String> seen = new LinkedBlockingQueue<>();
      CountDownLatch handling = new CountDownLatch(1);
      CountDownLatch cancelled = new CountDownLatch(1);
      held.set("starter");
      try (Worker worker =
          belay
              .queue("q")
              .worker(
                  (claim, context) -> {
                    context.onCancel(
                        () -> {
                          seen.add(held.get() + " " + threadKind());
                          cancelled.countDown();
                        });
                    handling.countDown();
                    Patience.await(cancelled);
                  })
              .start()) {
        held.set("changed");
        long id = belay.queue("q").enqueue(NewWork.of("p")).workId();
        Patience.await(handling);
        belay.queue("q").cancel(id);
        assertThat(Patience.take(seen)).isEqualTo("starter belay-callback");
        assertThat(worker.isRunning()).isTrue();
      }
    }
  }

  @Test
  void who_loses_a_kept_lease_is_told_in_the_context_of_who_kept_it() throws Exception {
    try (Belay belay = open(this::carrying)) {
      BlockingQueue<String> seen = new LinkedBlockingQueue<>();
      Lease lease = belay.leases().acquire("l", "h", TTL).granted().orElseThrow();
      belay.leases().release(lease);
      held.set("keeper");
      belay.leases().keep(lease, TTL, lost -> seen.add(held.get() + " " + threadKind()));
      assertThat(Patience.take(seen)).isEqualTo("keeper belay-callback");
    }
  }

  @Test
  void nothing_is_captured_for_a_body_that_its_caller_runs() {
    AtomicInteger captured = new AtomicInteger();
    try (Belay belay =
        open(
            () -> {
              captured.incrementAndGet();
              return task -> task;
            })) {
      assertThat(belay.leases().acquire("l", "h", TTL).granted()).isPresent();
      assertThat(belay.tx().<Integer, RuntimeException>write(tx -> 1)).isEqualTo(1);
      assertThat(belay.leases().find("l")).isPresent();
      assertThat(captured).hasValue(0);
    }
  }

  @Test
  void what_capturing_throws_the_verb_throws_and_nothing_has_been_done() {
    IllegalStateException thrown = new IllegalStateException("x");
    try (Belay belay =
        open(
            () -> {
              throw thrown;
            })) {
      AtomicInteger runs = new AtomicInteger();
      assertThatThrownBy(() -> belay.tx().writeAsync(tx -> runs.incrementAndGet()))
          .isSameAs(thrown);
      assertThatThrownBy(() -> belay.useWrite(tx -> tx.afterCommit(runs::incrementAndGet)))
          .isSameAs(thrown);
      assertThat(runs).hasValue(0);
    }
  }

  @Test
  void a_wrapper_that_fails_or_does_not_run_its_task_or_runs_it_twice_changes_no_outcome()
      throws Exception {
    IOException ofBody = new IOException("of the body");
    for (UnaryOperator<Runnable> wrapper : wrappers()) {
      try (LogProbe log = LogProbe.recording();
          Belay belay = open(() -> wrapper)) {
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger hooks = new AtomicInteger();
        CompletableFuture<Integer> good =
            belay
                .tx()
                .writeAsync(
                    tx -> {
                      tx.afterCommit(hooks::incrementAndGet);
                      return runs.incrementAndGet();
                    });
        assertThat(Patience.get(good)).isEqualTo(1);
        CompletableFuture<Integer> bad =
            belay
                .tx()
                .readAsync(
                    tx -> {
                      throw ofBody;
                    });
        assertThatThrownBy(() -> Patience.get(bad)).hasCause(ofBody);
        Patience.until("the hook has run", () -> hooks.get() > 0);
        assertThat(runs).hasValue(1);
        assertThat(log.records()).isNotNegative();
      }
    }
  }

  private static List<UnaryOperator<Runnable>> wrappers() {
    return List.of(
        task -> {
          throw new IllegalStateException("it wraps nothing");
        },
        task ->
            () -> {
              throw new StackOverflowError();
            },
        task -> () -> {},
        task ->
            () -> {
              task.run();
              task.run();
            },
        task ->
            () -> {
              task.run();
              throw new IllegalStateException("afterwards");
            },
        task ->
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                throw new IllegalStateException("instead", e);
              }
            },
        task ->
            () -> {
              try {
                task.run();
              } catch (Throwable e) {
                // swallowed
              }
            });
  }

  private static String threadKind() {
    return Thread.currentThread().getName().replaceAll("-\\d+$", "");
  }
}
