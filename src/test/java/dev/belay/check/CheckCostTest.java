package dev.belay.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.belay.BelayOptions;
import dev.belay.engine.EngineOptions;
import dev.belay.engine.StoreEngine;
import dev.belay.sqlite.OpenSettings;
import dev.belay.sqlite.Sqlite;
import dev.belay.store.Tx;
import dev.belay.testing.DaoStatements;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.sqlite.ProgressHandler;

/**
 * Goal: the cost of a slice does not depend on what the store holds. Method: the steps of the
 * database's machine for one slice of each statement, in the middle of few and of many rows; the
 * statements' plans.
 */
class CheckCostTest {
  private static final int ROWS = 20;

  private final AtomicLong steps = new AtomicLong();

  @Test
  void a_slice_takes_the_same_steps_among_few_and_many_rows() throws Exception {
    Map<String, Long> few = steps(500);
    Map<String, Long> many = steps(50_000);

    few.forEach(
        (statement, taken) ->
            assertThat((double) many.getOrDefault(statement, 0L))
                .as("%s: %s steps among 500 rows", statement, taken)
                .isCloseTo(taken, withinPercentage(10)));
  }

  @Test
  void no_statement_scans_or_sorts_a_table() throws Exception {
    try (DaoStatements statements =
        new DaoStatements(SessionCheckDao.class, LeaseCheckDao.class, WorkCheckDao.class)) {
      for (String name : statements.names()) {
        assertThat(statements.plan(name))
            .as(name)
            .noneMatch(step -> step.matches("SCAN belay_.*"))
            .noneMatch(step -> step.contains("TEMP B-TREE"));
      }
    }
  }

  private Map<String, Long> steps(int rows) {
    EngineOptions options = TestOptions.defaults().withConnection(this::count);
    try (StoreEngine store =
        Sqlite.openInMemory(OpenSettings.of(options, BelayOptions.BUSY_TIMEOUT_DEFAULT))) {
      store.useWrite(
          tx -> {
            Pattern.compile(";\n")
                .splitAsStream(FILL.formatted(rows))
                .forEach(statement -> tx.handle().execute(statement));
          });
      Place middle = new Place(rows / 2, rows / 2, "n" + rows / 2);
      Map<String, Long> taken = new HashMap<>();
      for (Walk walk : Walk.ALL) {
        boolean isLong = walk.table().startsWith("events") || walk.table().startsWith("receipts");
        Place place = isLong ? new Place(1, middle.seq(), middle.name()) : middle;
        taken.put(walk.table(), of(store, tx -> walk.find().after(tx, place, ROWS)));
        taken.put(walk.table() + ", last", of(store, tx -> walk.last().after(tx, place, ROWS)));
      }
      return taken;
    }
  }

  private long of(StoreEngine store, Function<Tx, Object> read) {
    Object prepared = store.look(read::apply);
    long before = steps.get();
    Object again = store.look(read::apply);
    assertThat(again).isEqualTo(prepared);
    return steps.get() - before;
  }

  private void count(Connection connection) {
    try {
      ProgressHandler.setHandler(
          connection,
          1,
          new ProgressHandler() {
            @Override
            protected int progress() {
              steps.incrementAndGet();
              return 0;
            }
          });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One session with all events and receipts, one lane with all work, and as many of the rest. */
  private static final String FILL =
      """
      CREATE TABLE n AS
        WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < %d)
        SELECT i FROM r;
      UPDATE belay_counter SET value = 1000000000;
      INSERT INTO belay_session (no, id, revision, leaf_seq, last_seq, created_at_ms, updated_at_ms)
        SELECT i, 's' || i, (SELECT count(*) FROM n), 0, 0, 1, 1 FROM n;
      UPDATE belay_session SET last_seq = (SELECT count(*) FROM n) WHERE no = 1;
      INSERT INTO belay_session_event SELECT 1, i, i - 1, 1, 'e' || i, 't', 'p' FROM n;
      INSERT INTO belay_session_state SELECT i, 's' FROM n;
      INSERT INTO belay_session_unfreed (session_no) SELECT i FROM n;
      INSERT INTO belay_session_receipt
        SELECT 1, 'n' || i, 1, zeroblob(32), 1, 1, 1, 1, NULL FROM n;
      INSERT INTO belay_lease SELECT 'n' || i, 'h', i, 1, 1 FROM n;
      INSERT INTO belay_work (id, queue, state, priority, lane, line_pos, attempts_max,
             enqueued_at_ms, type, payload_bytes)
        SELECT i, 'q', CASE i WHEN 1 THEN 'READY' ELSE 'WAITING' END, 0, 'l', i, 3, 1, '', 1 FROM n;
      INSERT INTO belay_work_payload SELECT i, NULL, 'p' FROM n;
      INSERT INTO belay_work_result SELECT i, 'r' FROM n;
      """;
}
