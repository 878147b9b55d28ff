package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.belay.StoreStats.Count;
import dev.belay.engine.EngineOptions;
import dev.belay.engine.StoreEngine;
import dev.belay.queue.WorkState;
import dev.belay.sqlite.OpenSettings;
import dev.belay.sqlite.Sqlite;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.sqlite.ProgressHandler;

/**
 * Goal: what a store says of itself costs the same, whatever it holds, and says where it has
 * stopped counting. Method: a bound of 100 in place of 10,000, and the steps of the database's
 * machine with 1,000 and with 40,000 rows of each kind.
 */
class StatsCostTest {
  private static final int MAX = 100;

  private final AtomicLong steps = new AtomicLong();

  @Test
  void counts_end_at_their_bound_and_say_so() {
    long few = stepsWith(1_000);
    long many = stepsWith(40_000);

    assertThat((double) many).isCloseTo((double) few, withinPercentage(10));
  }

  private long stepsWith(int rows) {
    EngineOptions options = TestOptions.defaults().withConnection(this::count);
    try (StoreEngine store =
        Sqlite.openInMemory(OpenSettings.of(options, BelayOptions.BUSY_TIMEOUT_DEFAULT))) {
      store.useWrite(
          tx -> {
            Pattern.compile(";\n")
                .splitAsStream(FILL.formatted(rows))
                .forEach(statement -> tx.handle().execute(statement));
          });
      StatsReading reading = new StatsReading(store, MAX);
      requireBounded(reading.read(List.of("q", "none")));
      long before = steps.get();
      for (int i = 0; i < 10; i++) {
        reading.read(List.of("q", "none"));
      }
      return steps.get() - before;
    }
  }

  private static void requireBounded(StoreStats stats) {
    Count bound = new Count(MAX, true);
    assertThat(stats.sessions()).isEqualTo(bound);
    assertThat(stats.leases()).isEqualTo(bound);
    assertThat(bound).hasToString("100+");
    for (WorkState state : WorkState.values()) {
      assertThat(stats.queues().get(0).count(state)).as(state.name()).isEqualTo(bound);
      assertThat(stats.queues().get(1).count(state)).isEqualTo(new Count(0, false));
    }
  }

  private void count(Connection connection) {
    try {
      ProgressHandler.setHandler(
          connection,
          10,
          new ProgressHandler() {
            @Override
            protected int progress() {
              steps.addAndGet(10);
              return 0;
            }
          });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final String FILL =
      """
      INSERT INTO belay_session (id, revision, leaf_seq, last_seq, created_at_ms, updated_at_ms)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1$d)
        SELECT 's' || i, 1, 0, 0, 1, 1 FROM n;
      INSERT INTO belay_lease
        SELECT id, 'h', no, 1, 9000000000000 FROM belay_session;
      INSERT INTO belay_work (queue, state, priority, due_at_ms, expires_at_ms, finished_at_ms,
             token, worker, claimed_at_ms, attempts_max, enqueued_at_ms, type, payload_bytes)
        SELECT 'q', state, no %% 2, CASE WHEN state IN ('SCHEDULED', 'WAITING') THEN no END,
               CASE WHEN state = 'CLAIMED' THEN no END,
               CASE WHEN state IN ('DONE', 'BURIED', 'CANCELLED') THEN no END,
               1, 'w', no, 3, no, '', 1
        FROM   belay_session, (SELECT column1 AS state FROM (VALUES ('READY'), ('SCHEDULED'),
               ('WAITING'), ('CLAIMED'), ('DONE'), ('BURIED'), ('CANCELLED'))) AS each
      """;
}
