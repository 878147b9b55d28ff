package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.store.StoreException;
import dev.belay.store.StoreInterruptedException;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an interrupt ends: waiting in line, and never an outcome. */
@NullUnmarked // set up before each test
@OnEachForm
class InterruptTest {
  @RegisterExtension
  final StoreExtension store =
      StoreExtension.onEachForm().with(options -> options.withBusyTimeout(Patience.LIMIT));

  private Belay belay;

  @BeforeEach
  void open() {

    belay = store.belay();
    store.createNotes();
  }

  @Test
  void an_interrupt_before_the_call_withdraws_the_body() {
    for (Runnable verb :
        List.<Runnable>of(
            () -> belay.useWrite(tx -> Notes.add(tx, "never")),
            () -> belay.useRead(tx -> Notes.add(tx, "never")),
            () ->
                belay
                    .tx()
                    .call(
                        tx -> {
                          Notes.add(tx, "never");
                          return 1;
                        }))) {
      Thread.currentThread().interrupt();
      Throwable caught = catchThrowable(() -> verb.run());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(caught).isInstanceOf(StoreInterruptedException.class);
      assertThat(((StoreException) caught).isRetryable()).isTrue();
    }
    assertThat(Notes.all(belay)).isEmpty();
  }

  @Test
  void an_interrupt_while_waiting_in_line_withdraws_the_body() throws Exception {
    Caller caller;
    try (Standstill standstill = store.standstill(belay)) {
      caller = new Caller(() -> belay.useWrite(tx -> Notes.add(tx, "never")));
      caller.interruptUntilDone();
      standstill.end();
    }

    assertThat(caller.failure()).isInstanceOf(StoreInterruptedException.class);
    assertThat(caller.flagAfterwards()).isTrue();
    assertThat(Notes.all(belay)).isEmpty();
  }

  @Test
  void an_interrupt_during_the_body_loses_no_outcome() throws Exception {
    for (boolean inLine : List.of(false, true)) {
      CountDownLatch inBody = new CountDownLatch(1);
      CountDownLatch interrupted = new CountDownLatch(1);
      Standstill standstill = inLine ? store.standstill(belay) : null;
      Caller caller =
          new Caller(
              () ->
                  belay.useWrite(
                      tx -> {
                        Notes.add(tx, "kept " + inLine);
                        inBody.countDown();
                        awaitUninterruptibly(interrupted);
                      }));
      if (standstill != null) {
        caller.awaitParked();
        standstill.close();
      }
      Standstill.await(inBody);
      caller.interrupt();
      interrupted.countDown();

      assertThat(caller.failure()).isNull();
      assertThat(caller.flagAfterwards()).isTrue();
    }
    assertThat(Notes.all(belay)).containsExactly("kept false", "kept true");
  }

  @Test
  void a_flag_that_a_body_leaves_reaches_no_other_body() throws Exception {
    belay
        .tx()
        .writeAsync(
            tx -> {
              Thread.currentThread().interrupt();
              return 1;
            })
        .get();

    assertThat(belay.tx().writeAsync(tx -> Thread.currentThread().isInterrupted()).get()).isFalse();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A thread that makes one call. */
  private static final class Caller {
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicBoolean flag = new AtomicBoolean();
    private final Thread thread;

    Caller(Runnable call) {
      thread =
          new Thread(
              () -> {
                failure.set(catchThrowable(call::run));
                flag.set(Thread.currentThread().isInterrupted());
              });
      thread.start();
    }

    void interrupt() {
      thread.interrupt();
    }

    void awaitParked() {
      Patience.until("the call waits", () -> thread.getState() == Thread.State.WAITING);
    }

    void interruptUntilDone() throws InterruptedException {
      Patience.until(
          "the call waits",
          () ->
              thread.getState() == Thread.State.WAITING
                  || thread.getState() == Thread.State.TIMED_WAITING);
      thread.interrupt();
      Patience.join(thread);
    }

    Throwable failure() throws InterruptedException {
      Patience.join(thread);
      return failure.get();
    }

    boolean flagAfterwards() {
      return flag.get();
    }
  }
}
