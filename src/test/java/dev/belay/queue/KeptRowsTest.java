package dev.belay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.OnEachForm;
import dev.belay.kit.queue.QueueStore;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a row that the database refuses to delete does not keep other rows from being deleted.
 * Method: each way in which an application can keep one row of many.
 */
@OnEachForm
class KeptRowsTest {
  private static final int ROWS = 30;
  private static final int KEPT = 2;
  private static final String INSERT = "INSERT INTO app VALUES (?)";

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE app (w BIGINT NOT NULL REFERENCES belay_work (id))",
        "CREATE TABLE app (w BIGINT NOT NULL REFERENCES belay_work (id) ON DELETE RESTRICT)",
        "CREATE TABLE app (w BIGINT NOT NULL REFERENCES belay_work (id) ON DELETE SET NULL)",
        "CREATE TABLE app (w BIGINT CHECK (w IS NOT NULL) REFERENCES belay_work (id) ON DELETE SET NULL)",
        "CREATE TABLE app (w BIGINT REFERENCES belay_work (id) DEFERRABLE INITIALLY DEFERRED)"
      })
  void a_purge_passes_over_what_a_row_of_the_application_keeps(String schema) {
    store.belay().useWrite(tx -> tx.handle().execute(schema));
    purgePassesOver(id -> store.belay().useWrite(tx -> tx.handle().execute(INSERT, id)));
  }

  @Test
  void a_purge_passes_over_what_a_trigger_keeps() {
    store.refuse("DELETE", "belay_work", "OLD.payload_bytes = 4");
    purgePassesOver(id -> {});
  }

  /** Purges work of which some has a payload of 4 bytes and is passed to {@code keep}. */
  private void purgePassesOver(LongConsumer keep) {
    for (int i = 0; i < ROWS; i++) {
      boolean kept = i == 0 || i == ROWS / 2;
      long id = store.add(kept ? "kept" : "p");
      if (kept) {
        keep.accept(id);
      }
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

  @Test
  void a_purge_in_a_transaction_is_one_batch() {
    for (int i = 0; i < 2 * Purge.BATCH_MAX; i++) {
      assertThat(store.queue().cancel(store.add("p"))).isEqualTo(Cancellation.CANCELLED);
    }
    store.clock.advance(QueueStore.MS);
    Instant before = store.clock.instant();

    int deleted = store.belay().write(tx -> store.queue().purge(tx, before, Integer.MAX_VALUE));

    assertThat(deleted).isEqualTo(Purge.BATCH_MAX);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NOT NULL, o TEXT NOT NULL, FOREIGN KEY (n, o) REFERENCES belay_session_receipt (session_no, operation_id))",
        "NOT NULL, o TEXT NOT NULL, FOREIGN KEY (n, o) REFERENCES belay_session_receipt (session_no, operation_id)"
            + " ON DELETE SET NULL)",
        ", o TEXT, FOREIGN KEY (n, o) REFERENCES belay_session_receipt (session_no, operation_id)"
            + " DEFERRABLE INITIALLY DEFERRED)"
      })
  void pruning_operations_passes_over_what_the_database_keeps(String columns) {
    Sessions sessions = store.belay().sessions();
    for (int i = 0; i < ROWS; i++) {
      sessions
          .commit(SessionCommit.to("s").append(NewEvent.of("t", "p")).operation("op" + i))
          .orThrow();
    }
    store
        .belay()
        .useWrite(
            tx -> {
              tx.handle().execute("CREATE TABLE app (n BIGINT " + columns);
              tx.handle()
                  .execute(
                      "INSERT INTO app SELECT session_no, operation_id FROM belay_session_receipt"
                          + " WHERE operation_id IN ('op0', 'op15')");
            });
    store.clock.advance(Duration.ofSeconds(1));

    try (LogProbe log = LogProbe.recording()) {
      assertThat(sessions.forgetOperations("s", store.clock.instant())).isEqualTo(ROWS - KEPT);
      assertThat(sessions.forgetOperations("s", store.clock.instant())).isZero();
      Patience.until(
          "what is kept is named",
          () -> log.warnings().stream().anyMatch(text -> text.contains("[op0, op15]")));
    }
  }
}
