package dev.belay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testing.DaoStatements;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: every statement compiles against the migrated schema, and uses the index that it was
 * written for. A scan of all work would be noticed only in a large queue.
 */
class QueueDaoStatementsTest {
  private static final String BY_ID = "SEARCH belay_work USING INTEGER PRIMARY KEY (rowid=?)";

  private DaoStatements statements;

  @BeforeEach
  void migrate() throws SQLException, IOException {
    statements =
        new DaoStatements(
            ClaimDao.class,
            EnqueueDao.class,
            DueDao.class,
            SettleDao.class,
            CancelDao.class,
            PurgeDao.class,
            LaneDao.class,
            WorkDao.class,
            RetentionDao.class);
  }

  @AfterEach
  void close() throws SQLException {
    statements.close();
  }

  @Test
  void every_statement_compiles() throws SQLException {
    assertThat(statements.names()).hasSizeGreaterThan(35);
    for (String name : statements.names()) {
      assertThat(statements.compile(name)).as(name).isNotEmpty();
    }
  }

  @Test
  void no_statement_scans_a_table() throws SQLException {
    for (String name : statements.names()) {
      assertThat(plan(name)).as(name).noneMatch(step -> step.startsWith("SCAN") && !isMeant(step));
    }
  }

  @Test
  void nothing_is_sorted() throws SQLException {
    for (String name : statements.names()) {
      assertThat(plan(name)).as(name).noneMatch(step -> step.contains("TEMP B-TREE"));
    }
  }

  @Test
  void a_claim_looks_into_three_indexes_and_then_at_its_work() throws SQLException {
    assertThat(plan("ClaimDao.nextId"))
        .filteredOn(step -> step.startsWith("SEARCH"))
        .containsExactly(
            "SEARCH belay_work USING COVERING INDEX belay_work_ready (queue=?)",
            "SEARCH belay_work USING COVERING INDEX belay_work_due (queue=? AND due_at_ms<?)",
            "SEARCH belay_work USING COVERING INDEX belay_work_lapse (queue=? AND"
                + " expires_at_ms<?)");
    assertThat(plan("ClaimDao.next"))
        .filteredOn(step -> step.startsWith("SEARCH"))
        .containsExactly(
            "SEARCH w USING INDEX belay_work_ready (queue=?)",
            "SEARCH p USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
            "SEARCH belay_work USING COVERING INDEX belay_work_due (queue=? AND due_at_ms<?)",
            "SEARCH belay_work USING COVERING INDEX belay_work_lapse (queue=? AND"
                + " expires_at_ms<?)");
    assertThat(plan("ClaimDao.claim")).first().isEqualTo(BY_ID);
    assertThat(plan("ClaimDao.ready"))
        .first()
        .isEqualTo("SEARCH belay_work USING INDEX belay_work_ready (queue=?)");
  }

  @Test
  void what_proves_a_claim_goes_by_id() throws SQLException {
    for (String name : List.of("held", "renew", "giveBack", "giveUp", "finish", "finishUnlaned")) {
      assertThat(plan("SettleDao." + name)).as(name).first().isEqualTo(BY_ID);
    }
    assertThat(plan("SettleDao.finish"))
        .last()
        .asString()
        .endsWith("COVERING INDEX belay_work_line (queue=? AND lane=? AND line_pos<?)");
  }

  @Test
  void listings_go_by_the_index_of_what_they_list() throws SQLException {
    assertThat(plan("WorkDao.list"))
        .first()
        .isEqualTo("SEARCH w USING INDEX belay_work_listed (queue=? AND state=? AND rowid>?)");
    assertThat(plan("WorkDao.listReady"))
        .filteredOn(step -> step.startsWith("SEARCH w"))
        .containsExactly(
            "SEARCH w USING INDEX belay_work_ready (queue=? AND priority=? AND rowid>?)",
            "SEARCH w USING INDEX belay_work_listed (queue=? AND state=? AND rowid>?)");
    assertThat(plan("WorkDao.findBySpentKey"))
        .first()
        .asString()
        .startsWith("SEARCH w USING INDEX belay_work_spent (queue=? AND key=? AND ");
    assertThat(plan("WorkDao.queues"))
        .filteredOn(step -> step.startsWith("SEARCH belay_work"))
        .isNotEmpty()
        .allMatch(step -> step.endsWith("(queue>?)") && step.contains("COVERING INDEX"));
    assertThat(plan("WorkDao.lane"))
        .first()
        .isEqualTo("SEARCH w USING INDEX belay_work_line (queue=? AND lane=? AND line_pos>?)");
    assertThat(plan("WorkDao.findByKey"))
        .first()
        .isEqualTo("SEARCH w USING INDEX belay_work_key (queue=? AND key=?)");
  }

  @Test
  void what_is_due_and_what_lapses_is_found_by_its_time() throws SQLException {
    assertThat(plan("DueDao.due"))
        .containsExactly("SEARCH belay_work USING INDEX belay_work_due (queue=? AND due_at_ms<?)");
    assertThat(plan("DueDao.lapsed"))
        .containsExactly(
            "SEARCH belay_work USING INDEX belay_work_lapse (queue=? AND expires_at_ms<?)");
    assertThat(plan("DueDao.lapse"))
        .first()
        .asString()
        .endsWith("belay_work_lapse (queue=? AND expires_at_ms=? AND token=?)");
    assertThat(plan("DueDao.nextDueMs"))
        .filteredOn(step -> step.startsWith("SEARCH belay_work"))
        .hasSize(2)
        .allMatch(step -> step.contains("COVERING INDEX"));
    assertThat(plan("PurgeDao.oldestFinished"))
        .filteredOn(step -> step.contains("belay_work_finished (queue=? AND state=? AND"))
        .hasSize(3)
        .allMatch(step -> step.contains("COVERING INDEX"));
    assertThat(plan("LaneDao.coming"))
        .singleElement()
        .asString()
        .endsWith("COVERING INDEX belay_work_coming (queue=? AND lane=? AND due_at_ms<?)");
  }

  @Test
  void a_line_is_walked_by_its_index() throws SQLException {
    String byLine = "belay_work_line (queue=? AND lane=? AND line_pos>?)";
    for (String name : List.of("addLast", "join", "readyHead", "line", "renewGrant")) {
      assertThat(plan("LaneDao." + name)).as(name).anyMatch(step -> step.endsWith(byLine));
    }
  }

  @Test
  void counting_reads_indexes_only() throws SQLException {
    assertThat(plan("WorkDao.stats"))
        .filteredOn(step -> step.startsWith("SEARCH"))
        .hasSize(2)
        .allMatch(step -> step.contains("COVERING INDEX belay_work_"));
  }

  /** The intended scans: rows of a subquery. */
  private static boolean isMeant(String step) {
    return step.equals("SCAN CONSTANT ROW")
        || List.of(
                "SCAN line",
                "SCAN ready",
                "SCAN name",
                "SCAN oldest",
                "SCAN listed",
                "SCAN r",
                "SCAN c",
                "SCAN d")
            .contains(step);
  }

  private List<String> plan(String name) throws SQLException {
    return statements.plan(name);
  }
}
