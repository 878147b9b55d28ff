package dev.belay.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.queue.QueueStore;
import dev.belay.queue.Cancellation;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Patience;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: a purge passes over a row that a trigger keeps, in each way in which a trigger can. */
class KeptByTriggerTest {
  private static final int ROWS = 30;
  private static final int KEPT = 2;

  @RegisterExtension final QueueStore store = QueueStore.on(SqliteEngine.FILE);

  @ParameterizedTest
  @ValueSource(strings = {"FAIL, 'no'", "ROLLBACK, 'no'", "IGNORE"})
  void a_purge_passes_over_it(String raise) {
    store.execute(
        "CREATE TRIGGER t BEFORE DELETE ON belay_work WHEN old.payload_bytes = 4"
            + " BEGIN SELECT RAISE(%s); END".formatted(raise));
    for (int i = 0; i < ROWS; i++) {
      long id = store.add(i == 0 || i == ROWS / 2 ? "kept" : "p");
      assertThat(store.queue().cancel(id)).isEqualTo(Cancellation.CANCELLED);
      store.clock.advance(QueueStore.MS);
    }

    try (LogProbe log = LogProbe.recording()) {
      assertThat(store.queue().purge(store.clock.instant(), 1_000)).isEqualTo(ROWS - KEPT);
      assertThat(store.queue().stats().cancelled()).isEqualTo(KEPT);
      Patience.until(
          "what is kept is named",
          () -> log.warnings().stream().anyMatch(text -> text.contains("cannot be purged")));
    }
  }
}
