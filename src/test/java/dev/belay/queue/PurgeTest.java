package dev.belay.queue;

import static dev.belay.queue.QueueStore.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.testing.LogProbe;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is deleted, and when. */
class PurgeTest {
  @RegisterExtension final QueueStore store = new QueueStore();

  @Test
  void work_finished_before_a_time_goes_and_other_work_stays() {
    long before = store.add("a");
    store.drain();
    store.clock.advance(MS);
    Instant time = store.clock.instant();
    long after = store.add("b");
    store.queue.complete(store.claim(), "result");
    long unfinished = store.add("c");

    assertThat(store.queue.purge(time, 10)).isEqualTo(1);

    assertThat(store.queue.find(before)).isEmpty();
    assertThat(store.state(after)).isEqualTo(WorkState.DONE);
    assertThat(store.state(unfinished)).isEqualTo(WorkState.READY);
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
        store.queue.cancel(store.add("a"));
        store.clock.advance(MS);
      }
      execute("INSERT INTO invoice SELECT id FROM belay_work ORDER BY id LIMIT 3");
      try (LogProbe log = LogProbe.recording()) {
        assertThat(store.queue.purge(store.clock.instant(), 4)).isEqualTo(4);
        assertThat(store.queue.purge(store.clock.instant(), 100)).isEqualTo(3);
        assertThat(store.queue.purge(store.clock.instant(), 100)).isZero();
        assertThat(log.warnings()).anyMatch(text -> text.contains("cannot be purged"));
      }
      assertThat(rows("belay_work")).isEqualTo(3);
      execute("DELETE FROM invoice");
      assertThat(store.queue.purge(store.clock.instant(), 100)).isEqualTo(3);
    }
  }

  @Test
  void with_a_tx_what_the_application_refers_to_hinders_no_other_either() {
    execute("CREATE TABLE invoice (work_id INTEGER NOT NULL REFERENCES belay_work (id))");
    for (int i = 0; i < 300; i++) {
      store.queue.cancel(store.add("a"));
    }
    execute("INSERT INTO invoice SELECT id FROM belay_work ORDER BY id LIMIT 299");
    store.clock.advance(MS);

    for (int expected : new int[] {1, 0}) {
      int deleted =
          store
              .belay
              .tx()
              .<Integer, RuntimeException>write(
                  tx -> store.queue.purge(tx, store.clock.instant(), 1));
      assertThat(deleted).isEqualTo(expected);
    }
    assertThat(rows("belay_work")).isEqualTo(299);
  }

  @Test
  void payload_and_result_go_with_the_work() {
    store.add("a");
    store.queue.complete(store.claim(), "result");
    store.clock.advance(MS);

    store.queue.purge(store.clock.instant(), 1);

    assertThat(rows("belay_work_payload") + rows("belay_work_result")).isZero();
  }

  @Test
  void buried_and_cancelled_work_goes_too() {
    store.add("a");
    store.queue.bury(store.claim(), "no");
    store.queue.cancel(store.add("b"));
    store.clock.advance(MS);

    assertThat(store.queue.purge(store.clock.instant(), 10)).isEqualTo(2);
  }

  @Test
  void the_longest_finished_goes_first() {
    long second = store.add("a");
    long first = store.add("b");
    store.queue.cancel(first);
    store.clock.advance(MS);
    store.queue.cancel(second);
    store.clock.advance(MS);

    assertThat(store.queue.purge(store.clock.instant(), 1)).isEqualTo(1);
    assertThat(store.queue.find(first)).isEmpty();
    assertThat(store.queue.find(second)).isPresent();
  }

  @Test
  void a_large_purge_goes_batch_by_batch_up_to_its_limit() {
    int count = WorkQueue.PURGE_BATCH * 2 + 10;
    for (int i = 0; i < count; i++) {
      store.queue.cancel(store.add("p"));
    }
    store.clock.advance(MS);

    int most = WorkQueue.PURGE_BATCH + 1;
    assertThat(store.queue.purge(store.clock.instant(), most)).isEqualTo(most);
    assertThat(store.queue.purge(store.clock.instant(), Integer.MAX_VALUE)).isEqualTo(count - most);
    assertThat(store.queue.purge(store.clock.instant(), 1)).isZero();
  }

  @Test
  void work_of_other_queues_stays() {
    WorkQueue other = store.belay.queue("other");
    other.cancel(other.enqueue(NewWork.of("a")).workId());
    store.clock.advance(MS);

    assertThat(store.queue.purge(store.clock.instant(), 10)).isZero();
  }

  @Test
  void an_id_is_never_given_again() {
    long last = store.add("a");
    store.drain();
    store.clock.advance(MS);
    store.queue.purge(store.clock.instant(), 10);

    assertThat(store.add("b")).isGreaterThan(last);
  }

  @Test
  void a_purge_of_nothing_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.queue.purge(store.clock.instant(), 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QueueOptions.defaults().withRetention(Duration.ZERO));
  }

  @Test
  void every_instant_is_before_or_after_what_was_finished() {
    store.queue.cancel(store.add("a"));

    assertThat(store.queue.purge(Instant.MIN, 10)).isZero();
    assertThat(store.queue.purge(Instant.MAX, 10)).isEqualTo(1);
  }

  private int rows(String table) {
    return store.belay.read(
        tx -> tx.handle().createQuery("SELECT COUNT(*) FROM " + table).mapTo(int.class).one());
  }

  private void execute(String sql) {
    store.belay.useWrite(tx -> tx.handle().execute(sql));
  }
}
