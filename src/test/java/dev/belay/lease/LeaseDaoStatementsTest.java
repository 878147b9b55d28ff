package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.engine.TokenDao;
import dev.belay.testing.DaoStatements;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every statement compiles against the migrated schema and finds its rows by an index. */
class LeaseDaoStatementsTest {
  private DaoStatements statements;

  @BeforeEach
  void migrate() throws SQLException, IOException {
    statements = new DaoStatements(LeaseDao.class, LapsedDao.class, TokenDao.class);
  }

  @AfterEach
  void close() throws SQLException {
    statements.close();
  }

  @Test
  void every_statement_compiles() throws SQLException {
    assertThat(statements.names()).hasSize(12);
    for (String name : statements.names()) {
      assertThat(statements.compile(name)).as(name).isNotEmpty();
    }
  }

  @Test
  void no_statement_scans_a_table_or_sorts() throws SQLException {
    for (String name : statements.names()) {
      assertThat(statements.plan(name))
          .as(name)
          .noneMatch(step -> step.startsWith("SCAN") || step.contains("TEMP B-TREE"));
    }
  }

  @Test
  void a_lease_is_found_by_its_name() throws SQLException {
    for (String name : new String[] {"last", "renew", "release", "find"}) {
      assertThat(statements.plan("LeaseDao." + name))
          .as(name)
          .singleElement()
          .asString()
          .endsWith("belay_lease USING PRIMARY KEY (name=?)");
    }
    assertThat(statements.plan("LeaseDao.list"))
        .singleElement()
        .asString()
        .endsWith("USING PRIMARY KEY (name>?)");
  }

  @Test
  void what_lapsed_long_ago_is_found_by_its_expiry() throws SQLException {
    assertThat(statements.plan("LapsedDao.earliest"))
        .singleElement()
        .asString()
        .contains("COVERING INDEX belay_lease_expiry (expires_at_ms<?)");
    assertThat(statements.plan("LapsedDao.lapsed"))
        .singleElement()
        .asString()
        .contains("INDEX belay_lease_expiry ((expires_at_ms,name)>");
  }

  @Test
  void the_counter_is_one_row() throws SQLException {
    assertThat(statements.plan("TokenDao.advance"))
        .singleElement()
        .asString()
        .endsWith("belay_counter USING PRIMARY KEY (name=?)");
  }
}
