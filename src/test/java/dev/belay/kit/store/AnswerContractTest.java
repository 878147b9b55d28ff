package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.Promise;
import dev.belay.kit.Promised;
import dev.belay.kit.StoreExtension;
import dev.belay.store.Tx;
import dev.belay.store.TxOutcome;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: what one caller is told is true for everybody at once. Method: the writers are held until
 * all bodies stand in line; whoever is answered looks at the store from outside.
 */
@NullUnmarked // set up before each test
@OnEachForm
class AnswerContractTest {
  private static final int BODIES = 20;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();

  private Belay belay;

  @BeforeEach
  void open() {

    belay = store.belay();
    store.createNotes();
  }

  @Test
  void nobody_is_answered_before_the_commit() throws Exception {
    List<CompletableFuture<String>> answers = new ArrayList<>();
    List<String> early = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch hooks = new CountDownLatch(BODIES);
    try (Standstill standstill = store.standstill(belay)) {
      for (int i = 0; i < BODIES; i++) {
        String text = "text " + i;
        answers.add(
            belay
                .tx()
                .writeAsync(
                    tx -> {
                      Notes.add(tx, text);
                      tx.afterCommit(
                          () -> {
                            requireCommitted(text, early);
                            hooks.countDown();
                          });
                      return text;
                    })
                .whenComplete((value, failure) -> requireCommitted(text, early)));
      }
      standstill.end();
    }

    Patience.get(CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)));
    Patience.await(hooks);
    assertThat(early).isEmpty();
  }

  @Test
  @Promised(Promise.WRITES_IN_ORDER_OF_CALLS)
  void nobody_is_answered_out_of_what_a_neighbour_has_not_committed() throws Exception {
    // The first body can commit only once; what the second saw of it must last when it answers.
    AtomicInteger firstRuns = new AtomicInteger();
    CompletableFuture<Integer> first;
    CompletableFuture<String> second;
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    try (Standstill standstill = store.standstill(belay)) {
      first =
          belay
              .tx()
              .writeAsync(
                  tx -> {
                    Notes.add(tx, "run " + firstRuns.incrementAndGet());
                    return firstRuns.get();
                  });
      second =
          belay
              .tx()
              .<String>writeFlowAsync(tx -> TxOutcome.rollback(String.join(",", Notes.all(tx))))
              .whenComplete((value, failure) -> seen.addAll(store.notes()));
      standstill.end();
    }

    String answered = Patience.get(second);
    assertThat(Patience.get(first)).isEqualTo(firstRuns.get());
    assertThat(seen).as("what lasted when the second was answered").containsExactly(answered);
  }

  @Test
  @Promised(Promise.WRITES_IN_ORDER_OF_CALLS)
  void who_undoes_what_it_wrote_is_answered_after_its_neighbours_have_committed() throws Exception {
    CompletableFuture<Integer> first;
    CompletableFuture<Integer> second;
    List<String> early = Collections.synchronizedList(new ArrayList<>());
    try (Standstill standstill = store.standstill(belay)) {
      first = belay.tx().writeAsync(tx -> added(tx, "first"));
      second =
          belay
              .tx()
              .<Integer>writeFlowAsync(tx -> TxOutcome.rollback(added(tx, "second")))
              .whenComplete((value, failure) -> requireCommitted("first", early));
      standstill.end();
    }

    assertThat(Patience.get(second)).isEqualTo(2);
    assertThat(Patience.get(first)).isEqualTo(1);
    assertThat(early).isEmpty();
  }

  private static int added(Tx tx, String text) {
    Notes.add(tx, text);
    return Notes.all(tx).size();
  }

  private void requireCommitted(String text, List<String> early) {
    if (!store.notes().contains(text)) {
      early.add(text);
    }
  }
}
