package dev.belay.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testing.DaoStatements;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every statement compiles against the migrated schema, and walks the tables by the index it was
 * written for: a scan of the log would go unnoticed until the log is long.
 */
class SessionDaoStatementsTest {
  private DaoStatements statements;

  @BeforeEach
  void migrate() throws SQLException, IOException {
    statements =
        new DaoStatements(
            SessionDao.class, SessionListDao.class, ReceiptDao.class, UnfreedDao.class);
  }

  @AfterEach
  void close() throws SQLException {
    statements.close();
  }

  @Test
  void every_statement_compiles() throws SQLException {
    assertThat(statements.names()).hasSizeGreaterThan(15);
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
  void no_statement_sorts() throws SQLException {
    for (String name : statements.names()) {
      assertThat(plan(name)).as(name).noneMatch(step -> step.contains("TEMP B-TREE"));
    }
  }

  @Test
  void the_hot_statements_use_their_indexes() throws SQLException {
    String byId = "USING INDEX sqlite_autoindex_belay_session_1 (id=?)";
    String byNo = "USING INTEGER PRIMARY KEY (rowid=?)";

    assertThat(plan("SessionDao.head/1")).singleElement().asString().endsWith(byId);
    assertThat(plan("SessionDao.head/2")).hasSize(2).first().asString().endsWith(byId);
    assertThat(plan("SessionDao.head/2"))
        .last()
        .asString()
        .contains("USING PRIMARY KEY (session_no=? AND operation_id=?)");
    assertThat(plan("SessionDao.advance")).singleElement().asString().endsWith(byNo);
    assertThat(plan("SessionDao.seqOf"))
        .singleElement()
        .asString()
        .contains("USING INDEX belay_session_event_id (session_no=? AND event_id=?)");
    String range = "sqlite_autoindex_belay_session_event_1 (session_no=? AND seq>? AND seq<?)";
    assertThat(plan("SessionListDao.events")).singleElement().asString().endsWith(range);
    assertThat(plan("SessionListDao.sizes")).singleElement().asString().endsWith(range);
    assertThat(plan("SessionListDao.run"))
        .singleElement()
        .asString()
        .contains("belay_session_branch (session_no=? AND seq<?)");
    assertThat(plan("SessionListDao.idle"))
        .first()
        .asString()
        .contains("belay_session_idle ((active_at_ms,id)>(?,?) AND active_at_ms<?)");
    assertThat(plan("SessionListDao.list"))
        .first()
        .asString()
        .contains("USING INDEX belay_session_live (id>?)");
    assertThat(plan("UnfreedDao.first"))
        .first()
        .asString()
        .contains("belay_session_unfreed_due (due_ms<?)");
    assertThat(plan("UnfreedDao.freeEvents")).first().asString().endsWith(range);
  }

  /** What is walked on purpose: an index that is empty but for work to do, from its end. */
  private static boolean isMeant(String step) {
    return step.equals("SCAN CONSTANT ROW")
        || step.contains("belay_session_unfreed USING COVERING INDEX belay_session_unfreed_due");
  }

  private List<String> plan(String name) throws SQLException {
    return statements.plan(name);
  }
}
