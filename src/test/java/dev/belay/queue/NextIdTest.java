package dev.belay.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.RETRY;
import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.queue.QueueStore;
import dev.belay.queue.ClaimDao.NextId;
import dev.belay.sqlite.SqliteEngine;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The statements that show whether there is claimable work, and when to look again. */
class NextIdTest {
  @RegisterExtension final QueueStore store = QueueStore.on(SqliteEngine.MEMORY);

  @Test
  void an_idle_queue_has_nothing_and_nothing_coming() {
    store.add("a");
    store.drain();

    assertThat(nextId()).isEqualTo(new NextId(null, false));
    assertThat(nextDue()).isEmpty();
  }

  @Test
  void ready_work_is_there_to_claim() {
    long id = store.add("a");

    assertThat(nextId()).isEqualTo(new NextId(id, false));
    assertThat(nextDue()).isEmpty();
  }

  @Test
  void the_next_due_time_is_the_earliest_schedule_retry_or_expiry() {
    Instant start = store.clock.instant();
    store.add(NewWork.of("a").notBefore(start.plus(TTL).plus(MS)));
    assertThat(nextDue()).contains(start.plus(TTL).plus(MS));
    store.add("b");
    store.claim();
    assertThat(nextDue()).contains(start.plus(TTL));
    store.add("c");
    store.queue().fail(store.claim(), "no");
    assertThat(nextDue()).contains(start.plus(RETRY));

    store.clock.advance(RETRY.minus(MS));
    assertThat(nextId()).isEqualTo(new NextId(null, false));
    store.clock.advance(MS);
    assertThat(nextId()).isEqualTo(new NextId(null, true));
  }

  @Test
  void a_lapsed_claim_needs_a_hand() {
    store.add("a");
    store.claim();
    store.clock.advance(TTL);

    assertThat(nextId()).isEqualTo(new NextId(null, true));
  }

  @Test
  void what_another_queue_holds_is_no_matter() {
    store.add("a");
    store.add(NewWork.of("b").notBefore(store.clock.instant().plus(MS)));

    WorkQueue other = store.belay().queue("other");
    other
        .tx()
        .useRead(
            tx -> {
              assertThat(tx.attach(ClaimDao.class).nextId("other", tx.now().toEpochMilli()))
                  .contains(new NextId(null, false));
              assertThat(tx.attach(DueDao.class).nextDueMs("other")).isEmpty();
            });
  }

  private NextId nextId() {
    return store
        .belay()
        .read(tx -> tx.attach(ClaimDao.class).nextId("jobs", tx.now().toEpochMilli()))
        .orElseThrow();
  }

  private Optional<Instant> nextDue() {
    return store
        .belay()
        .read(tx -> tx.attach(DueDao.class).nextDueMs("jobs"))
        .map(Instant::ofEpochMilli);
  }
}
