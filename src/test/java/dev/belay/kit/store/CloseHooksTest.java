package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.store.StoreClosedException;
import dev.belay.store.Tx;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: closing loses no hook and no future of a commit that was acknowledged. Method: hooks and
 * continuations that stand still until the store refuses new work.
 */
@OnEachForm
class CloseHooksTest {
  private static final int BODIES = 20;

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
  void hooks_and_continuations_have_ended_when_the_store_is_closed() throws Exception {
    AtomicInteger hooks = new AtomicInteger();
    AtomicInteger continuations = new AtomicInteger();
    List<CompletableFuture<Integer>> futures = new ArrayList<>();
    try (Standstill standstill = store.standstill(belay)) {
      for (int i = 0; i < BODIES; i++) {
        String text = "text " + i;
        futures.add(
            belay
                .tx()
                .writeAsync(
                    tx -> {
                      Notes.add(tx, text);
                      tx.afterCommit(() -> awaitThen(hooks));
                      return 1;
                    })
                .thenApply(
                    one -> {
                      awaitThen(continuations);
                      return one;
                    }));
      }
      standstill.end();
    }
    CompletableFuture<Void> closing = CompletableFuture.runAsync(belay::close, LaterThreads.EACH);
    awaitRefusal();
    assertThat(closing).isNotDone();
    goOn.countDown();
    Patience.get(closing);

    assertThat(hooks).hasValue(BODIES);
    assertThat(continuations).hasValue(BODIES);
    assertThat(futures).allMatch(CompletableFuture::isDone);
  }

  @Test
  @NeedsSharing
  void hooks_and_continuations_may_use_every_verb_while_the_store_closes() throws Exception {
    List<String> read = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch attached = new CountDownLatch(1);
    CompletableFuture<Integer> future =
        belay
            .tx()
            .writeAsync(
                tx -> {
                  tx.afterCommit(
                      () -> {
                        Standstill.await(goOn);
                        belay.useWrite(inner -> Notes.add(inner, "hook"));
                        belay.useWrite(inner -> inner.afterCommit(() -> add("hook of a hook")));
                      });
                  Standstill.await(attached);
                  return 1;
                })
            .thenApply(
                one -> {
                  Standstill.await(goOn);
                  belay.tx().writeAsync(tx -> add(tx, "continuation")).join();
                  read.addAll(belay.read(Notes::all));
                  return one;
                });
    attached.countDown();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(belay::close, LaterThreads.EACH);
    awaitRefusal();
    goOn.countDown();
    Patience.get(closing);

    assertThat(Patience.get(future)).isEqualTo(1);
    assertThat(read).contains("continuation");
    assertThat(Notes.all(store.another()))
        .containsExactlyInAnyOrder("hook", "hook of a hook", "continuation");
  }

  @Test
  @NeedsSharing
  void a_hook_that_does_not_end_holds_the_store_no_longer_than_the_busy_timeout() throws Exception {
    belay = store.reopen(options -> options.withBusyTimeout(Duration.ofMillis(300)));
    CountDownLatch running = new CountDownLatch(1);
    CompletableFuture<Throwable> late = new CompletableFuture<>();
    belay.useWrite(
        tx ->
            tx.afterCommit(
                () -> {
                  running.countDown();
                  Standstill.await(goOn);
                  late.complete(catchThrowable(() -> add("late")));
                }));
    Standstill.await(running);

    belay.close(); // would wait for the patience of the test

    goOn.countDown();
    assertThat(Patience.get(late)).isInstanceOf(StoreClosedException.class);
    assertThat(Notes.all(store.another())).isEmpty();
  }

  @Test
  void an_interrupted_thread_closes_without_waiting_for_hooks() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    belay.useWrite(
        tx ->
            tx.afterCommit(
                () -> {
                  running.countDown();
                  Standstill.await(goOn);
                }));
    Standstill.await(running);

    Thread.currentThread().interrupt();
    belay.close();

    assertThat(Thread.interrupted()).isTrue();
  }

  private void awaitThen(AtomicInteger count) {
    Standstill.await(goOn);
    count.incrementAndGet();
  }

  private void add(String text) {
    belay.useWrite(tx -> Notes.add(tx, text));
  }

  private static int add(Tx tx, String text) {
    Notes.add(tx, text);
    return 1;
  }

  private void awaitRefusal() {
    while (catchThrowable(() -> belay.tx().readAsync(tx -> 1)) == null) {
      Thread.onSpinWait();
    }
  }
}
