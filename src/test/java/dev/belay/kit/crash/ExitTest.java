package dev.belay.kit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.queue.NewWork;
import dev.belay.queue.Work;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Parent;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: a JVM that exits gives back what its workers were at, without charging an attempt,
 * whichever shutdown hook is first. Method: a child with two handlers, one of which calls {@code
 * System.exit}, which never returns; the other one waits.
 */
@NeedsSharing
@OnEachForm(slow = true)
class ExitTest {
  /** Which hooks the child has, and in which order they run. */
  enum Hooks {
    STORE_ALONE,
    STORE_THEN_WORKER,
    WORKER_THEN_STORE,
    BOTH_AT_ONCE
  }

  private static final int EXIT = 7;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  @ParameterizedTest
  @EnumSource(Hooks.class)
  void what_the_handlers_were_at_is_given_back_uncharged(Hooks hooks) {
    try (ChildJvm child = store.child(ExitTest.class, hooks).start()) {
      assertThat(child.awaitExit()).isEqualTo(EXIT);
    }

    try (Belay belay = store.another()) {
      Work waited = work(belay, "waits");
      assertThat(waited.state()).isEqualTo(WorkState.READY);
      assertThat(waited.attempt()).isZero();
      Work exited = work(belay, "exits");
      // its handler may still be at it when the stop ends: nobody begins it beside that one
      assertThat(exited.state()).isEqualTo(WorkState.WAITING);
      assertThat(exited.attempt()).isZero();
    }
  }

  private static Work work(Belay belay, String key) {
    return belay.queue("q").findByKey(key).orElseThrow();
  }

  /**
   * The child: works on the store that the first arguments name, and exits with the hooks {@code
   * args[2]}.
   */
  public static void main(String[] args) throws InterruptedException {
    Belay belay = Engine.open(args);
    new Parent().follow();
    belay.queue("q").enqueue(NewWork.of("waits").withKey("waits"));
    belay.queue("q").enqueue(NewWork.of("exits").withKey("exits"));
    CountDownLatch waiting = new CountDownLatch(2); // for the other handler, and the hooks
    CountDownLatch never = new CountDownLatch(1);
    Worker worker =
        belay
            .queue("q")
            .worker(
                (claim, context) -> {
                  if (claim.payload().equals("exits")) {
                    waiting.await();
                    System.exit(EXIT);
                  }
                  waiting.countDown();
                  never.await();
                })
            .threads(2)
            .grace(Duration.ofMillis(100))
            .ttl(Duration.ofDays(1))
            .start();
    addHooks(Hooks.valueOf(args[2]), belay, worker);
    waiting.countDown();
    never.await(); // the JVM is to end by the handler's exit
  }

  private static void addHooks(Hooks hooks, Belay belay, Worker worker) {
    Runtime runtime = Runtime.getRuntime();
    switch (hooks) {
      case STORE_ALONE -> runtime.addShutdownHook(new Thread(belay::close));
      case STORE_THEN_WORKER ->
          runtime.addShutdownHook(
              new Thread(
                  () -> {
                    belay.close();
                    worker.close();
                  }));
      case WORKER_THEN_STORE ->
          runtime.addShutdownHook(
              new Thread(
                  () -> {
                    worker.close();
                    belay.close();
                  }));
      case BOTH_AT_ONCE -> {
        runtime.addShutdownHook(new Thread(belay::close));
        runtime.addShutdownHook(new Thread(worker::close));
      }
    }
  }
}
