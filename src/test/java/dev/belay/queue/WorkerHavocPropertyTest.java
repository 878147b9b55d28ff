package dev.belay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.store.BelayObserver;
import dev.belay.store.StoreFullException;
import dev.belay.testing.Effort;
import dev.belay.testing.LogProbe;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: after any failures, no work is lost or stuck, no two holders run the same work, and every
 * failure and every lost completion is reported.
 *
 * <p>Method: two workers handle work with and without lanes. Meanwhile, by a seed, the disk is full
 * for a while, a foreign key holds finished work, the clock moves beyond the expiry of claims, work
 * is cancelled and purged; handlers throw, settle, or take longer than their claim lives; the retry
 * policy and the listener throw. Then the failures stop until all work is finished, and every run
 * is accounted for.
 */
class WorkerHavocPropertyTest {
  private static final Duration TTL = Duration.ofSeconds(5);
  private static final int UNLIMITED_PAGES = 1_000_000_000;
  private static final int STEPS = 80;

  @TempDir Path directory;

  @Test
  void nothing_is_lost_or_stuck_and_everything_leaves_a_trace() throws Exception {
    for (int seed = 1; seed <= Effort.of(4, 200); seed++) {
      try (Havoc havoc = new Havoc(directory.resolve("store-" + seed + ".db"), seed)) {
        havoc.run();
      }
    }
  }

  /** A run of a handler that ended by itself. */
  private record Returned(long workId, long token) {}

  private static final class Havoc implements BelayObserver, AutoCloseable {
    private final int seed;
    private final Random random;
    private final ManualClock clock = new ManualClock();
    private final LogProbe log = LogProbe.recording();
    private final Belay belay;
    private final WorkQueue queue;
    private final Set<Long> ids = ConcurrentHashMap.newKeySet();
    private final Set<Long> wished = ConcurrentHashMap.newKeySet();
    private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> told = new ConcurrentLinkedQueue<>();
    private final Queue<Long> lost = new ConcurrentLinkedQueue<>();
    private final Set<Returned> returned = ConcurrentHashMap.newKeySet();
    private final Set<Returned> settled = ConcurrentHashMap.newKeySet();
    private final List<WorkContext> running = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final AtomicInteger dice = new AtomicInteger();
    private volatile int pagesMax = UNLIMITED_PAGES;
    private volatile boolean peace;

    Havoc(Path file, int seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.belay =
          Belay.open(
              file,
              TestOptions.defaults()
                  .withClock(clock)
                  .withConnection(
                      PlainSqlite.preparing(() -> "PRAGMA max_page_count = " + pagesMax)));
      this.queue = belay.queue("jobs", QueueOptions.defaults().withRetry(this::delayAfter));
      belay.useWrite(
          tx ->
              tx.handle()
                  .execute(
                      "CREATE TABLE invoice (id INTEGER PRIMARY KEY,"
                          + " work_id INTEGER NOT NULL REFERENCES belay_work (id))"));
    }

    /** Returns true for one of {@code oneOf} calls, unless the failures have stopped. */
    private boolean hits(int oneOf) {
      return !peace && Math.floorMod(dice.incrementAndGet() * 7_919 + seed, oneOf) == 0;
    }

    private Duration delayAfter(int attempt) {
      if (hits(3)) {
        throw new IllegalStateException("of the policy");
      }
      return Duration.ofMillis(100L * attempt);
    }

    @Override
    public void attemptFailed(AttemptFailure failure) {
      told.add(failure.failure());
      if (hits(2)) {
        throw new IllegalStateException("of the listener");
      }
    }

    @Override
    public void completionLost(String queue, long workId, String worker, int attempt) {
      lost.add(workId);
      if (hits(2)) {
        throw new AssertionError("of the listener");
      }
    }

    void run() throws Exception {
      try (Worker one = worker(3, 1);
          Worker two = worker(2, 8)) {
        for (int step = 0; step < STEPS; step++) {
          step();
        }
        limitTo(UNLIMITED_PAGES);
        peace = true;
        Patience.until("all work of seed " + seed + " is finished", this::isFinished);
        assertThat(one.isRunning() && two.isRunning()).isTrue();
      }
      account();
    }

    private Worker worker(int threads, int batch) {
      return queue
          .worker(this::handle)
          .threads(threads)
          .batch(batch)
          .ttl(TTL)
          .listener(this)
          .start();
    }

    private void step() {
      switch (random.nextInt(8)) {
        case 0 -> clock.advance(Duration.ofMillis(random.nextInt(3 * (int) TTL.toMillis())));
        case 1 -> limitTo(random.nextBoolean() ? pages() : UNLIMITED_PAGES);
        case 2 -> attempt(() -> cancel());
        case 3 -> attempt(() -> queue.purge(clock.instant(), 5));
        case 4 -> attempt(() -> refer());
        default -> attempt(() -> add());
      }
      clock.advance(Duration.ofMillis(random.nextInt(300)));
    }

    /**
     * Runs {@code action}. A full disk or a foreign key may refuse it, which its exception reports.
     */
    private static void attempt(Runnable action) {
      try {
        action.run();
      } catch (StoreFullException e) {
        assertThat(e.isRetryable()).isTrue();
      } catch (JdbiException e) {
        assertThat(e).hasMessageContaining("FOREIGN KEY");
      }
    }

    private void add() {
      List<NewWork> works = new ArrayList<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        NewWork work = NewWork.of("x".repeat(random.nextInt(3_000)));
        works.add(random.nextBoolean() ? work : work.withLane("lane " + random.nextInt(2)));
      }
      queue.enqueueAll(works).forEach(added -> ids.add(added.workId()));
    }

    private void cancel() {
      ids.stream()
          .skip(random.nextInt(ids.size() + 1))
          .findFirst()
          .ifPresent(
              id -> {
                wished.add(id);
                queue.cancel(id);
              });
    }

    private void refer() {
      belay.useWrite(
          tx ->
              tx.handle()
                  .execute(
                      "INSERT INTO invoice (work_id) SELECT MIN(id) FROM belay_work"
                          + " WHERE finished_at_ms IS NOT NULL HAVING COUNT(*) > 0"));
    }

    private void limitTo(int pages) {
      pagesMax = pages;
      // a connection changed by a body is replaced, and the next one is prepared with the limit
      belay.useWrite(tx -> tx.handle().execute("PRAGMA cache_size = 100"));
    }

    private int pages() {
      return belay.read(
          tx -> tx.handle().createQuery("PRAGMA page_count").mapTo(Integer.class).one());
    }

    private void handle(Claim claim, WorkContext context) throws Exception {
      begin(context);
      try {
        List<Claim> held = new ArrayList<>(List.of(claim));
        if (claim.lane() != null && hits(2)) {
          held.addAll(queue.claimMore(claim, 3));
        }
        act(held, context);
        held.forEach(one -> returned.add(new Returned(one.workId(), one.token())));
      } catch (Throwable e) {
        thrown.add(e);
        throw e;
      } finally {
        synchronized (running) {
          running.remove(context);
        }
      }
    }

    private void begin(WorkContext context) {
      synchronized (running) {
        for (WorkContext other : running) {
          boolean same =
              other.claim().workId() == context.claim().workId()
                  || (context.claim().lane() != null
                      && context.claim().lane().equals(other.claim().lane()));
          if (same && other.isHeld() && context.isHeld()) {
            violations.add(other.claim() + " beside " + context.claim());
          }
        }
        running.add(context);
      }
    }

    private void act(List<Claim> held, WorkContext context) {
      Claim claim = held.get(0);
      if (hits(5)) {
        Patience.until("the claim is over, or there is peace", () -> peace || !context.isHeld());
      }
      if (hits(4)) {
        Settlement settlement = queue.complete(claim);
        if (settlement == Settlement.SETTLED) {
          settled.add(new Returned(claim.workId(), claim.token()));
        }
      }
      if (hits(3)) {
        throw new IllegalStateException("boom");
      }
      if (hits(11)) {
        throw new StackOverflowError("boom");
      }
    }

    /**
     * Returns whether all work is finished. Moves the clock if no work can be done before it falls
     * due.
     */
    private boolean isFinished() {
      QueueStats stats = queue.stats();
      boolean idle;
      synchronized (running) {
        idle = running.isEmpty();
      }
      if (idle && stats.ready() == 0) {
        clock.advance(TTL.dividedBy(8));
      }
      return stats.ready() + stats.claimed() + stats.waiting() + stats.scheduled() == 0;
    }

    private void account() {
      assertThat(violations).as("seed " + seed).isEmpty();
      assertThat(told).as("told of seed " + seed).containsAll(thrown);
      assertThat(told.stream().distinct().count()).isEqualTo(told.size());
      for (Returned run : returned) {
        assertThat(isAccountedFor(run)).as("seed %s: %s", seed, run).isTrue();
      }
      for (long id : ids) {
        queue.find(id).ifPresent(this::assertTrace);
      }
    }

    /** Returns whether the work was done by this run, or a report says that it was not. */
    private boolean isAccountedFor(Returned run) {
      Work work = queue.find(run.workId()).orElse(null);
      return work == null // purged: it was finished
          || settled.contains(run)
          || (work.state() == WorkState.DONE && work.token() == run.token())
          || lost.contains(run.workId())
          || log.warnings().stream()
              .anyMatch(
                  text ->
                      text.contains("workId=" + run.workId() + ",")
                          && text.contains("could not be settled"));
    }

    private void assertTrace(Work work) {
      switch (work.state()) {
        case DONE -> {
          Returned run = new Returned(work.id(), work.token());
          assertThat(returned.contains(run) || settled.contains(run))
              .as("seed %s: a run of %s", seed, work.id())
              .isTrue();
        }
        case BURIED -> assertThat(work.lastError()).isNotNull();
        case CANCELLED -> assertThat(wished).contains(work.id());
        default -> throw new AssertionError("seed " + seed + ": not finished: " + work.id());
      }
    }

    @Override
    public void close() {
      peace = true;
      belay.close();
      log.close();
    }
  }
}
