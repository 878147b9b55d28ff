package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.Promise;
import dev.belay.kit.Promised;
import dev.belay.kit.StoreExtension;
import dev.belay.testing.Notes;
import dev.belay.testing.Patience;
import dev.belay.testing.Standstill;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bodies that stand in line together. */
@OnEachForm
class WriteOrderTest {
  private static final int BODIES = 40;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;

  @BeforeEach
  void open() {
    belay = store.belay();
    store.createNotes();
  }

  @Test
  void each_of_them_is_committed_once() throws Exception {
    List<String> texts = writeTogether();

    assertThat(Notes.all(belay)).containsExactlyInAnyOrderElementsOf(texts);
  }

  @Test
  @Promised(Promise.WRITES_IN_ORDER_OF_CALLS)
  void they_run_in_the_order_of_the_calls() throws Exception {
    List<String> texts = writeTogether();

    assertThat(Notes.all(belay)).containsExactlyElementsOf(texts);
  }

  private List<String> writeTogether() throws Exception {
    List<String> texts = new ArrayList<>();
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    try (Standstill standstill = store.standstill(belay)) {
      for (int i = 0; i < BODIES; i++) {
        String text = "text " + i;
        texts.add(text);
        answers.add(
            belay
                .tx()
                .writeAsync(
                    tx -> {
                      Notes.add(tx, text);
                      return 1;
                    }));
      }
      standstill.end();
    }
    for (CompletableFuture<Integer> answer : answers) {
      assertThat(Patience.get(answer)).isEqualTo(1);
    }
    return texts;
  }
}
