package dev.belay.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.queue.QueueStore;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.StoreCorruptException;
import dev.belay.testing.LogProbe;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of work: their content, the schema's checks, and foreign keys to them. */
class StoredWorkTest {
  @RegisterExtension final QueueStore store = QueueStore.on(SqliteEngine.MEMORY);

  @Test
  void equal_headers_are_stored_as_equal_texts() {
    Map<String, String> forth = new LinkedHashMap<>();
    Map<String, String> back = new LinkedHashMap<>();
    for (int i = 0; i < 20; i++) {
      forth.put("h" + i, "v" + i);
      back.put("h" + (19 - i), "v" + (19 - i));
    }
    store.add(NewWork.of("a").withHeaders(forth));
    store.add(NewWork.of("b").withHeaders(back));

    Integer texts =
        store
            .belay()
            .read(
                tx ->
                    tx.handle()
                        .createQuery("SELECT COUNT(DISTINCT headers) FROM belay_work_payload")
                        .mapTo(Integer.class)
                        .one());
    assertThat(texts).isEqualTo(1);
  }

  @Test
  void headers_that_cannot_be_read_are_told_and_name_the_work() {
    long id = store.add("p");
    for (String bad : List.of("x", "1:", "1:a", "1:a1:", "-1:a1:b", "1:a9:b", "9999999999:a1:b")) {
      store
          .belay()
          .useWrite(tx -> tx.handle().execute("UPDATE belay_work_payload SET headers = ?", bad));

      assertThatExceptionOfType(StoreCorruptException.class)
          .as(bad)
          .isThrownBy(() -> store.queue().claim("w", TTL))
          .withMessage("work " + id + " has headers that cannot be read");
    }
  }

  @Test
  void what_the_application_refers_to_stays_and_hinders_no_other() {
    for (String deferred : List.of("", " DEFERRABLE INITIALLY DEFERRED")) {
      execute("DROP TABLE IF EXISTS invoice");
      execute(
          "CREATE TABLE invoice (work_id INTEGER NOT NULL REFERENCES belay_work (id)"
              + deferred
              + ")");
      for (int i = 0; i < 10; i++) {
        store.queue().cancel(store.add("a"));
        store.clock.advance(MS);
      }
      execute("INSERT INTO invoice SELECT id FROM belay_work ORDER BY id LIMIT 3");
      try (LogProbe log = LogProbe.recording()) {
        assertThat(store.queue().purge(store.clock.instant(), 4)).isEqualTo(4);
        assertThat(store.queue().purge(store.clock.instant(), 100)).isEqualTo(3);
        assertThat(store.queue().purge(store.clock.instant(), 100)).isZero();
        assertThat(log.warnings()).anyMatch(text -> text.contains("cannot be purged"));
      }
      assertThat(rows("belay_work")).isEqualTo(3);
      execute("DELETE FROM invoice");
      assertThat(store.queue().purge(store.clock.instant(), 100)).isEqualTo(3);
    }
  }

  @Test
  void with_a_tx_what_the_application_refers_to_hinders_no_other_either() {
    execute("CREATE TABLE invoice (work_id INTEGER NOT NULL REFERENCES belay_work (id))");
    for (int i = 0; i < 300; i++) {
      store.queue().cancel(store.add("a"));
    }
    execute("INSERT INTO invoice SELECT id FROM belay_work ORDER BY id LIMIT 299");
    store.clock.advance(MS);

    for (int expected : new int[] {1, 0}) {
      int deleted =
          store
              .belay()
              .tx()
              .<Integer, RuntimeException>write(
                  tx -> store.queue().purge(tx, store.clock.instant(), 1));
      assertThat(deleted).isEqualTo(expected);
    }
    assertThat(rows("belay_work")).isEqualTo(299);
  }

  @Test
  void payload_and_result_go_with_the_work() {
    store.add("a");
    store.queue().complete(store.claim(), "result");
    store.clock.advance(MS);

    store.queue().purge(store.clock.instant(), 1);

    assertThat(rows("belay_work_payload") + rows("belay_work_result")).isZero();
  }

  /** The schema enforces the same rules for a program that writes without the facade. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "state = 'LOST'",
        "state = 'CLAIMED'",
        "state = 'DONE'",
        "state = 'WAITING'",
        "state = 'SCHEDULED'",
        "attempt = 11",
        "attempt = -1",
        "attempt = 10",
        "token = -1",
        "line_pos = 1",
        "due_at_ms = 1",
        "expires_at_ms = 1",
        "finished_at_ms = 1",
        "cancel_requested = 1",
        "priority = 2147483648",
        "key = ''",
        "lane = 'l'"
      })
  void the_schema_refuses_what_no_work_can_be(String change) {
    long id = store.add("p");

    assertThatThrownBy(
            () ->
                store
                    .belay()
                    .useWrite(
                        tx ->
                            tx.handle()
                                .execute("UPDATE belay_work SET " + change + " WHERE id = " + id)))
        .isInstanceOf(UnableToExecuteStatementException.class)
        .hasMessageContaining("CHECK");
  }

  private int rows(String table) {
    return store
        .belay()
        .read(
            tx -> tx.handle().createQuery("SELECT COUNT(*) FROM " + table).mapTo(int.class).one());
  }

  private void execute(String sql) {
    store.belay().useWrite(tx -> tx.handle().execute(sql));
  }
}
