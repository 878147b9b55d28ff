package dev.belay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.queue.QueueStore;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a row that the database refuses to delete does not keep other rows from being deleted.
 * Method: each way in which an application can keep one row of many.
 */
class KeptRowsTest {
  private static final int ROWS = 30;
  private static final int KEPT = 2;

  @RegisterExtension final QueueStore store = QueueStore.on(SqliteEngine.FILE);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE app (w INTEGER NOT NULL REFERENCES belay_work)",
        "CREATE TABLE app (w INTEGER NOT NULL REFERENCES belay_work ON DELETE RESTRICT)",
        "CREATE TABLE app (w INTEGER NOT NULL REFERENCES belay_work ON DELETE SET NULL)",
        "CREATE TABLE app (w INTEGER CHECK (w IS NOT NULL) REFERENCES belay_work ON DELETE SET NULL)",
        "CREATE TABLE app (w INTEGER REFERENCES belay_work DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER t BEFORE DELETE ON belay_work WHEN old.payload_bytes = 4"
            + " BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE TRIGGER t BEFORE DELETE ON belay_work WHEN old.payload_bytes = 4"
            + " BEGIN SELECT RAISE(FAIL, 'no'); END",
        "CREATE TRIGGER t BEFORE DELETE ON belay_work WHEN old.payload_bytes = 4"
            + " BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
        "CREATE TRIGGER t BEFORE DELETE ON belay_work WHEN old.payload_bytes = 4"
            + " BEGIN SELECT RAISE(IGNORE); END"
      })
  void a_purge_passes_over_what_the_database_keeps(String schema) {
    store.belay().useWrite(tx -> tx.handle().execute(schema));
    for (int i = 0; i < ROWS; i++) {
      boolean kept = i == 0 || i == ROWS / 2;
      long id = store.add(kept ? "kept" : "p");
      if (kept && schema.contains("TABLE")) {
        store.belay().useWrite(tx -> tx.handle().execute("INSERT INTO app VALUES (?)", id));
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
        "NOT NULL, o TEXT NOT NULL, FOREIGN KEY (n, o) REFERENCES belay_session_receipt)",
        "NOT NULL, o TEXT NOT NULL, FOREIGN KEY (n, o) REFERENCES belay_session_receipt"
            + " ON DELETE SET NULL)",
        ", o TEXT, FOREIGN KEY (n, o) REFERENCES belay_session_receipt"
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
              tx.handle().execute("CREATE TABLE app (n INTEGER " + columns);
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
