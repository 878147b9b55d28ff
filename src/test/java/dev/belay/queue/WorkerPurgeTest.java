package dev.belay.queue;

import static dev.belay.queue.WaitingStore.TTL;
import static dev.belay.queue.WaitingStore.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.engine.TokenSpace;
import dev.belay.kit.OnEachForm;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: work that was finished long ago is deleted whether or not the worker is idle, a wrong clock
 * deletes no work immediately, and no failure of a purge delays work. Method: the test advances the
 * minutes.
 */
@OnEachForm
class WorkerPurgeTest {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final Duration RETENTION = QueueOptions.RETENTION_DEFAULT;

  @RegisterExtension final WaitingStore store = WaitingStore.onEachForm();
  private final AtomicLong nanoTime = new AtomicLong();
  private WorkerPurge purge;

  @BeforeEach
  void begin() {
    purge = newPurge();
  }

  @Test
  void what_is_past_the_retention_goes_within_a_minute_or_two() {
    finish(1);
    final long young = finishLater(1);
    store.clock.advance(RETENTION.minusMillis(1));

    pass();
    assertThat(done()).isEqualTo(2);
    store.clock.advance(Duration.ofMillis(2));
    pass(); // the first look at which it is old enough
    assertThat(done()).isEqualTo(2);
    pass();

    await(() -> done() == 1);
    assertThat(store.queue.find(young)).isPresent();
  }

  @Test
  void a_clock_that_jumps_ahead_takes_nothing_unless_it_is_still_there_a_minute_later() {
    finish(3);

    store.clock.advance(RETENTION.multipliedBy(9));
    pass();
    store.clock.advance(RETENTION.multipliedBy(-9));
    pass();
    pass();
    assertThat(done()).isEqualTo(3);

    store.clock.advance(RETENTION.multipliedBy(9));
    pass();
    assertThat(done()).isEqualTo(3);
    pass();
    await(() -> done() == 0);
  }

  @Test
  void the_first_minute_takes_nothing_whatever_the_clock_says() {
    finish(1);
    store.clock.advance(RETENTION.multipliedBy(2));
    WorkerPurge fresh = newPurge();

    nanoTime.addAndGet(MINUTE - 1);
    fresh.idle();
    quiesce(fresh);
    assertThat(done()).isEqualTo(1);

    nanoTime.addAndGet(1);
    fresh.idle();
    await(() -> done() == 0);
  }

  @Test
  void while_nobody_claims_one_batch_follows_the_other() {
    finish(3 * WorkerPurge.BATCH + 1);
    store.clock.advance(RETENTION.multipliedBy(2));
    pass();

    pass();

    await(() -> done() == 0);
  }

  @Test
  void while_somebody_claims_a_batch_follows_so_many_claims_and_deletes_more_than_they_finish() {
    finish(4 * WorkerPurge.BATCH);
    store.clock.advance(RETENTION.multipliedBy(2));
    purge.claimed(1); // there is work
    nanoTime.addAndGet(MINUTE);
    purge.look();
    quiesce();
    nanoTime.addAndGet(MINUTE);
    purge.look();
    await(() -> done() == 3 * WorkerPurge.BATCH);

    purge.claimed(WorkerPurge.CLAIMS_PER_BATCH - 1);
    purge.look();
    quiesce();
    assertThat(done()).isEqualTo(3 * WorkerPurge.BATCH);

    purge.claimed(1);
    purge.look();
    await(() -> done() == 2 * WorkerPurge.BATCH);
    assertThat(WorkerPurge.BATCH).isGreaterThan(WorkerPurge.CLAIMS_PER_BATCH);
  }

  @Test
  void a_purge_that_fails_is_logged_and_tried_again_a_minute_later() {
    finish(2);
    store.clock.advance(RETENTION.multipliedBy(2));
    pass();
    store.refuse("DELETE", "belay_work", "OLD.id > 0");
    try (LogProbe log = LogProbe.recording()) {
      pass();
      await(() -> log.warnings().stream().anyMatch(text -> text.contains("purge")));
    }
    store.refuseNoMore("DELETE", "belay_work");
    purge.idle();
    quiesce();
    assertThat(done()).isEqualTo(2);

    pass();
    await(() -> done() == 0);
  }

  @Test
  void what_the_application_refers_to_is_skipped_and_named_once() {
    for (String deferred : List.of("", " DEFERRABLE INITIALLY DEFERRED")) {
      execute("DROP TABLE IF EXISTS invoice");
      execute(
          "CREATE TABLE invoice (work_id BIGINT NOT NULL REFERENCES belay_work (id)"
              + deferred
              + ")");
      finish(WorkerPurge.BATCH + 3);
      execute(
          "INSERT INTO invoice SELECT id FROM (SELECT id FROM belay_work WHERE state = 'DONE'"
              + " ORDER BY finished_at_ms, id LIMIT 2) AS first");
      List<Long> kept =
          store.queue.list(WorkState.DONE, 0, 10_000).stream().map(WorkLine::id).sorted().toList();
      store.clock.advance(RETENTION.multipliedBy(2));
      try (LogProbe log = LogProbe.recording()) {
        pass();
        pass();
        await(() -> done() == 2);
        quiesce();
        pass();
        assertThat(log.warnings())
            .as(deferred)
            .filteredOn(text -> text.contains("cannot be purged"))
            .hasSize(1)
            .allMatch(text -> text.contains("[" + kept.get(0) + ", " + kept.get(1) + "]"));
      }
      execute("DELETE FROM invoice");
      pass();
      await(() -> done() == 0);
      quiesce();
    }
  }

  @Test
  void a_worker_with_a_backlog_purges_and_one_whose_purge_fails_claims_as_quickly()
      throws Exception {
    finish(10);
    store.clock.advance(RETENTION.multipliedBy(2));
    BlockingQueue<Claim> handled = new LinkedBlockingQueue<>();
    BlockingQueue<String> go = new LinkedBlockingQueue<>();
    WorkHandler handler =
        (claim, context) -> {
          handled.add(claim);
          go.take();
        };
    for (int i = 0; i < 20; i++) {
      assertThat(store.queue.enqueue(NewWork.of("backlog")).workId()).isPositive();
    }
    try (Worker worker = store.waiting.worker(handler).ttl(TTL).start()) {
      Patience.take(handled);
      store.refuse("DELETE", "belay_work", "OLD.id > 0");
      try (LogProbe log = LogProbe.recording()) {
        store.nanosAhead.addAndGet(MINUTE);
        go.add("next");
        Patience.take(handled);
        await(() -> log.warnings().stream().anyMatch(text -> text.contains("purge")));
        assertThat(log.warnings()).noneMatch(text -> text.contains("cannot claim"));
      }
      store.refuseNoMore("DELETE", "belay_work");
      store.nanosAhead.addAndGet(MINUTE);
      go.add("next");
      Patience.take(handled);
      await(() -> store.queue.list(WorkState.DONE, 0, 100).size() <= 3);
      assertThat(store.queue.stats().ready()).isPositive();
      for (int i = 0; i < 20; i++) {
        go.add("next");
      }
      assertThat(worker.isRunning()).isTrue();
    }
  }

  /** Lets a minute pass for an idle worker, and waits until its batches have ended. */
  private void pass() {
    nanoTime.addAndGet(MINUTE);
    purge.idle();
    quiesce();
  }

  private void quiesce() {
    quiesce(purge);
  }

  private WorkerPurge newPurge() {
    return new WorkerPurge(new StoreQueues(store.spy, new TokenSpace(), nanoTime::get), "jobs");
  }

  /** Waits until all batches that have begun have ended. */
  private static void quiesce(WorkerPurge purge) {
    await(() -> !purge.isDeleting());
  }

  private void execute(String sql) {
    store.queue.tx().useWrite(tx -> tx.handle().execute(sql));
  }

  private void finish(int count) {
    List<NewWork> works = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      works.add(NewWork.of("old"));
    }
    store.queue.enqueueAll(works);
    for (List<Claim> claims = claim(); !claims.isEmpty(); claims = claim()) {
      List<Claim> all = claims;
      store.queue.tx().useWrite(tx -> all.forEach(claim -> store.queue.complete(tx, claim)));
    }
  }

  private List<Claim> claim() {
    return store.queue.claim("w", TTL, 100);
  }

  private long finishLater(int count) {
    store.clock.advance(Duration.ofDays(1));
    finish(count);
    long id = store.queue.list(WorkState.DONE, 0, 10).get(1).id();
    store.clock.advance(Duration.ofDays(-1));
    return id;
  }

  private int done() {
    return store.queue.list(WorkState.DONE, 0, 10_000).size();
  }
}
