package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.SessionCommit;
import dev.belay.store.TxOutcome;
import dev.belay.testing.Notes;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A verb without a Tx inside a body would wait for itself: it is refused, and no harm is done. */
@OnEachForm
class ReentryTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;

  @BeforeEach
  void open() {
    belay = store.belay();
    store.createNotes();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // each throws before there is a future
  private static List<Consumer<Belay>> verbs() {
    return List.of(
        store -> store.tx().call(tx -> 1),
        store -> store.read(tx -> 1),
        store -> store.write(tx -> 1),
        store -> store.tx().writeFlow(tx -> TxOutcome.commit(1)),
        store -> store.useRead(tx -> {}),
        store -> store.useWrite(tx -> {}),
        store -> store.tx().callAsync(tx -> 1),
        store -> store.tx().readAsync(tx -> 1),
        store -> store.tx().writeAsync(tx -> 1),
        store -> store.tx().writeFlowAsync(tx -> TxOutcome.commit(1)),
        store -> store.sessions().find("s"),
        store -> store.sessions().commit(SessionCommit.to("s", 0)),
        Belay::close);
  }

  private void refuseAll() {
    for (Consumer<Belay> verb : verbs()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> verb.accept(belay))
          .withMessageContaining("inside a body");
    }
  }

  @Test
  void every_verb_is_refused_inside_a_write_which_goes_on_unharmed() {
    belay.useWrite(
        tx -> {
          Notes.add(tx, "a");
          refuseAll();
          Notes.add(tx, "b");
        });

    assertThat(Notes.all(belay)).containsExactly("a", "b");
  }

  @Test
  void every_verb_is_refused_inside_a_read_and_a_call() {
    belay.useRead(
        tx -> {
          refuseAll();
          assertThat(Notes.all(tx)).isEmpty();
        });
    belay
        .tx()
        .call(
            tx -> {
              refuseAll();
              return Notes.all(tx);
            });
    assertThat(Notes.all(belay)).isEmpty();
  }

  @Test
  void every_verb_is_refused_inside_a_body_that_the_store_runs_on_its_own_thread()
      throws Exception {
    belay
        .tx()
        .writeAsync(
            tx -> {
              refuseAll();
              return 1;
            })
        .get();
    belay
        .tx()
        .readAsync(
            tx -> {
              refuseAll();
              return 1;
            })
        .get();
  }

  @Test
  void another_store_may_be_used_inside_a_body() {
    try (Belay other = store.fresh()) {
      store.createNotes(other);
      belay.useWrite(
          tx -> {
            other.useWrite(inner -> Notes.add(inner, "inner"));
            Notes.add(tx, String.join(",", Notes.all(other)));
          });
      assertThat(Notes.all(belay)).containsExactly("inner");
    }
  }

  @Test
  void the_verbs_work_again_after_the_body() {
    assertThatIllegalStateException().isThrownBy(() -> belay.useWrite(tx -> belay.close()));

    belay.useWrite(tx -> Notes.add(tx, "a"));
    assertThat(Notes.all(belay)).containsExactly("a");
  }
}
