package dev.belay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.belay.Belay;
import dev.belay.engine.TokenSpace;
import dev.belay.testing.Effort;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.ProgressHandler;

/**
 * The cost of a verb does not depend on the other work of the queue.
 *
 * <p>Goal: a claim reads a bounded number of rows, however many it cannot claim. Method: count the
 * steps of the database's virtual machine, which grow with every row that is read, with a thousand
 * rows and with a hundred times as many rows of every kind; with a thousand times as many in a run
 * of full effort.
 */
class ClaimCostTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final int MANY = Effort.of(100_000, 1_000_000);
  private static final long TTL_MS = 30_000;

  @TempDir Path dir;

  @Test
  void verbs_take_the_same_steps_behind_few_and_many_rows() throws SQLException {
    Map<String, Long> few = stepsBehind(1_000);
    Map<String, Long> many = stepsBehind(MANY);

    few.forEach(
        (verb, steps) ->
            assertThat((double) many.getOrDefault(verb, 0L))
                .as("%s: %s steps behind 1 k rows", verb, steps)
                .isCloseTo(steps, withinPercentage(10)));
  }

  private Map<String, Long> stepsBehind(int rows) throws SQLException {
    Path file = dir.resolve(rows + ".db");
    Belay.open(file, TestOptions.defaults()).close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      try (Statement statement = connection.createStatement()) {
        // The file need not survive a crash, and the test waits until it is filled.
        statement.execute("PRAGMA journal_mode = OFF");
        statement.execute("PRAGMA synchronous = OFF");
        statement.execute("PRAGMA cache_size = -65536");
        statement.execute("PRAGMA foreign_keys = ON");
        statement.executeUpdate(FILL.formatted(NOW.toEpochMilli(), rows));
      }
      connection.setAutoCommit(false);
      try (Handle handle = Jdbi.create(connection).installPlugin(new SqlObjectPlugin()).open()) {
        return steps(connection, new PlainTx(handle, NOW));
      }
    }
  }

  private static List<Enqueued> enqueue(PlainTx tx, NewWork work) {
    EnqueuePlan plan = new EnqueuePlan(tx, id -> false);
    plan.add("jobs", work);
    return plan.write();
  }

  private static Map<String, Long> steps(Connection connection, PlainTx tx) throws SQLException {
    EnqueuePlan enqueue = new EnqueuePlan(tx, id -> false);
    for (int i = 0; i < 20; i++) {
      enqueue.add("jobs", NewWork.of("p").withPriority(-1));
      enqueue.add("jobs", NewWork.of("p").withLane("free").withPriority(-2));
    }
    enqueue.write();
    TokenSpace tokens = new TokenSpace();
    Map<String, Long> steps = new LinkedHashMap<>();
    listings(steps, connection, tx.attach(WorkDao.class));
    measure(
        steps,
        connection,
        "nextId",
        () -> tx.attach(ClaimDao.class).nextId("jobs", NOW.toEpochMilli()));
    measure(steps, connection, "nextDueMs", () -> tx.attach(DueDao.class).nextDueMs("jobs"));
    Claim claim =
        measure(steps, connection, "claim", () -> claimStep(tx, tokens).one()).orElseThrow();
    measure(steps, connection, "claim 10", () -> claimStep(tx, tokens).batch(10));
    List<Claim> grant =
        measure(
            steps,
            connection,
            "claimLane",
            () -> new LaneGrant(tx, "jobs").claim(tokens, "free", "w", TTL_MS, 3));
    Claim head = grant.get(0);
    measure(steps, connection, "claimMore", () -> new LaneGrant(tx, "jobs").claimMore(head, 2));
    measure(steps, connection, "renew", () -> new SettleStep(tx, head).renew(head, TTL_MS));
    measure(steps, connection, "complete", () -> new SettleStep(tx, head).complete("r"));
    measure(steps, connection, "release", () -> new SettleStep(tx, grant.get(1)).release());
    measure(
        steps,
        connection,
        "fail",
        () -> new SettleStep(tx, claim).fail(RetryPolicy.exponential(), "no"));
    measure(steps, connection, "enqueue", () -> enqueue(tx, NewWork.of("p").withKey("new")));
    measure(
        steps,
        connection,
        "enqueue at the end of a long line",
        () -> enqueue(tx, NewWork.of("p").withLane("blocked")));
    measure(
        steps,
        connection,
        "claim behind a long line",
        () -> new LaneGrant(tx, "jobs").claim(tokens, "blocked", "w", TTL_MS, 3));
    measure(steps, connection, "cancel", () -> new CancelStep(tx, "jobs", claim.workId()).cancel());
    measure(
        steps, connection, "requeue", () -> new CancelStep(tx, "jobs", claim.workId()).requeue());
    measure(
        steps,
        connection,
        "purge",
        () ->
            new PurgeStep(tx, "jobs", PurgeBounds.before(NOW.toEpochMilli()), PurgePlace.START)
                .run(10));
    return steps;
  }

  /** Also for states of nearly all rows: the cost of a page depends only on its length. */
  private static void listings(Map<String, Long> steps, Connection connection, WorkDao dao)
      throws SQLException {
    measure(steps, connection, "list READY", () -> dao.listReady("jobs", 0, 10));
    for (WorkState state : WorkState.values()) {
      if (state != WorkState.READY) {
        String name = state.name();
        measure(steps, connection, "list " + state, () -> dao.list("jobs", name, 0, 10));
        measure(steps, connection, "list on " + state, () -> dao.list("jobs", name, 500, 10));
        measure(steps, connection, "list none " + state, () -> dao.list("other", name, 0, 10));
      }
    }
    measure(steps, connection, "lane", () -> dao.lane("jobs", "blocked", 10));
    measure(steps, connection, "queues", () -> dao.queues("", 10));
    measure(steps, connection, "findByKey", () -> dao.findByKey("jobs", "none"));
  }

  private static ClaimStep claimStep(PlainTx tx, TokenSpace tokens) {
    return new ClaimStep(tx, "jobs", tokens, "w", TTL_MS, ClaimStep.ROUNDS_MAX, 0);
  }

  private interface Verb<T> {
    T run();
  }

  private static <T> T measure(
      Map<String, Long> steps, Connection connection, String name, Verb<T> verb)
      throws SQLException {
    AtomicLong count = new AtomicLong();
    ProgressHandler.setHandler(
        connection,
        1,
        new ProgressHandler() {
          @Override
          protected int progress() {
            count.incrementAndGet();
            return 0;
          }
        });
    try {
      return verb.run();
    } finally {
      ProgressHandler.clearHandler(connection);
      assertThat(count.get()).as(name).isPositive();
      steps.put(name, count.get());
    }
  }

  /**
   * Adds rows that a claim cannot take, an eighth of each kind, all of a higher priority than the
   * claimable work.
   */
  private static final String FILL =
      """
      WITH RECURSIVE fill (now_ms, i) AS (
        SELECT %d, 1
        UNION ALL
        SELECT now_ms, i + 1 FROM fill WHERE i < %d
      )
      INSERT INTO belay_work
             (queue, state, priority, lane, line_pos, due_at_ms, expires_at_ms, token, attempt,
              attempts_max, enqueued_at_ms, claimed_at_ms, finished_at_ms, worker, type,
              payload_bytes)
      SELECT 'jobs',
             CASE i %% 8 WHEN 0 THEN 'SCHEDULED' WHEN 1 THEN 'CLAIMED' WHEN 2 THEN 'WAITING'
                         WHEN 3 THEN 'CLAIMED' WHEN 4 THEN 'BURIED' WHEN 5 THEN 'CANCELLED'
                         WHEN 6 THEN 'SCHEDULED' ELSE 'DONE' END,
             i %% 100,
             CASE WHEN i %% 8 = 2 OR i = 1 THEN 'blocked' WHEN i %% 8 = 6 THEN 'coming' END,
             CASE WHEN i %% 8 = 2 OR i = 1 THEN i END,
             CASE WHEN i %% 8 IN (0, 6) THEN now_ms + i END,
             CASE WHEN i %% 8 IN (1, 3) THEN now_ms + i END,
             CASE WHEN i %% 8 IN (1, 3) THEN i ELSE 0 END,
             CASE WHEN i %% 8 IN (1, 3) THEN 1 ELSE 0 END,
             10,
             now_ms,
             CASE WHEN i %% 8 IN (1, 3) THEN now_ms END,
             CASE WHEN i %% 8 IN (4, 5, 7) THEN now_ms - i END,
             CASE WHEN i %% 8 IN (1, 3) THEN 'other' END,
             '', 1
      FROM   fill
      """;
}
