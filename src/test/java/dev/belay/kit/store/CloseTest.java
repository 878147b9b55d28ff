package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.Promise;
import dev.belay.kit.StoreExtension;
import dev.belay.store.StoreClosedException;
import dev.belay.store.TxOutcome;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Closing a store: what still runs, what does not, and what is left. */
@OnEachForm
class CloseTest {

  @RegisterExtension
  final StoreExtension store =
      StoreExtension.onEachForm().with(options -> options.withBusyTimeout(Duration.ofMinutes(5)));

  private Belay belay;

  @BeforeEach
  void open() {
    belay = store.belay();
    store.createNotes();
  }

  @Test
  @NeedsSharing
  void bodies_submitted_before_run() throws Exception {
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    Standstill standstill = store.standstill(belay);
    for (int i = 0; i < 10; i++) {
      String text = "text " + i;
      answers.add(
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    Notes.add(tx, text);
                    return 1;
                  }));
    }
    CompletableFuture<Void> closing = CompletableFuture.runAsync(belay::close, LaterThreads.EACH);
    awaitRefusal();
    standstill.end();
    Patience.get(closing);

    for (CompletableFuture<Integer> answer : answers) {
      assertThat(Patience.get(answer)).isEqualTo(1);
    }
    assertThat(Notes.all(store.another())).hasSize(10);
    if (store.promises(Promise.WRITES_IN_ORDER_OF_CALLS)) {
      assertThat(Notes.all(store.another())).startsWith("text 0").endsWith("text 9");
    }
  }

  @Test
  void every_verb_is_refused_afterwards() {
    belay.close();

    for (Runnable verb :
        List.<Runnable>of(
            () -> belay.useWrite(tx -> {}),
            () -> belay.useRead(tx -> {}),
            () -> belay.tx().call(tx -> 1),
            () -> belay.tx().writeFlow(tx -> TxOutcome.commit(1)),
            () -> belay.tx().callAsync(tx -> 1).join(),
            () -> belay.tx().readAsync(tx -> 1).join(),
            () -> belay.tx().writeAsync(tx -> 1).join(),
            () -> belay.tx().writeFlowAsync(tx -> TxOutcome.commit(1)).join())) {
      assertThatExceptionOfType(StoreClosedException.class)
          .isThrownBy(() -> verb.run())
          .withMessageContaining("the store is closed");
    }
  }

  @Test
  void closing_again_and_at_once_has_no_effect() throws Exception {
    List<CompletableFuture<Void>> closings = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      closings.add(CompletableFuture.runAsync(belay::close, LaterThreads.EACH));
    }
    for (CompletableFuture<Void> closing : closings) {
      Patience.get(closing);
    }
    belay.close();
  }

  @Test
  @NeedsSharing
  @SuppressWarnings("try") // closing twice is what this is about
  void past_the_deadline_running_bodies_go_on_and_those_in_line_have_done_nothing()
      throws Exception {
    try (Belay hasty = store.another(options -> options.withBusyTimeout(Duration.ofMillis(200)))) {
      AtomicInteger runs = new AtomicInteger();
      int writers = store.form().writersAtOnce();
      CountDownLatch inBody = new CountDownLatch(writers);
      CountDownLatch end = new CountDownLatch(1);
      List<CompletableFuture<Integer>> running = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        String text = "running " + i;
        running.add(
            hasty
                .tx()
                .writeAsync(
                    tx -> {
                      Notes.add(tx, text);
                      inBody.countDown();
                      Standstill.await(end);
                      return 1;
                    }));
      }
      Standstill.await(inBody);
      CompletableFuture<Integer> waiting = hasty.tx().writeAsync(tx -> runs.incrementAndGet());

      hasty.close();

      assertThat(catchThrowable(() -> Patience.get(waiting)))
          .hasCauseInstanceOf(StoreClosedException.class);
      end.countDown();
      for (CompletableFuture<Integer> body : running) {
        assertThat(Patience.get(body)).isEqualTo(1);
      }
      assertThat(runs).hasValue(0);
    }
    assertThat(Notes.all(belay)).hasSize(store.form().writersAtOnce());
  }

  @Test
  void a_hook_may_close_the_store() throws Exception {
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    belay.useWrite(
        tx ->
            tx.afterCommit(
                () -> {
                  belay.close();
                  closed.complete(true);
                }));

    assertThat(Patience.get(closed)).isTrue();
  }

  @Test
  void a_hook_and_a_stage_may_call_every_verb_and_wait_for_it() throws Exception {
    CompletableFuture<Integer> hooked = new CompletableFuture<>();
    belay.useWrite(
        tx ->
            tx.afterCommit(
                () -> {
                  belay.useWrite(inner -> Notes.add(inner, "from a hook"));
                  hooked.complete(belay.tx().readAsync(inner -> Notes.all(inner).size()).join());
                }));
    CompletableFuture<Integer> staged =
        belay
            .tx()
            .writeAsync(tx -> 1)
            .thenApply(one -> one + belay.tx().writeAsync(tx -> 1).thenApply(x -> x + 1).join());

    assertThat(Patience.get(hooked)).isEqualTo(1);
    assertThat(Patience.get(staged)).isEqualTo(3);
  }

  @Test
  void a_cancelled_body_that_has_not_started_never_runs() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CompletableFuture<Integer> cancelled;
    try (Standstill standstill = store.standstill(belay)) {
      cancelled = belay.tx().writeAsync(tx -> runs.incrementAndGet());
      assertThat(cancelled.cancel(true)).isTrue();
      standstill.end();
    }
    belay.useWrite(tx -> {});

    assertThat(runs).hasValue(0);
    assertThat(cancelled).isCancelled();
  }

  @Test
  void a_body_cancelled_while_it_runs_runs_to_its_end() throws Exception {
    CountDownLatch inBody = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch committed = new CountDownLatch(1);
    CompletableFuture<Integer> cancelled =
        belay
            .tx()
            .writeAsync(
                tx -> {
                  tx.afterCommit(committed::countDown);
                  inBody.countDown();
                  Standstill.await(end);
                  Notes.add(tx, "kept");
                  return 1;
                });
    Standstill.await(inBody);
    assertThat(cancelled.cancel(true)).isTrue();
    end.countDown();

    Patience.await(committed);
    assertThat(Notes.all(belay)).containsExactly("kept");
    assertThat(cancelled).isCancelled();
  }

  private void awaitRefusal() {
    while (catchThrowable(() -> belay.tx().readAsync(tx -> 1)) == null) {
      Thread.onSpinWait();
    }
  }
}
