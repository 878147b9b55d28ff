package dev.belay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.Belay;
import dev.belay.testing.TestOptions;
import org.jdbi.v3.core.statement.UnableToCreateStatementException;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.junit.jupiter.api.Test;

/** SQL as it is written, for those who ask for it and for nobody else. */
class VerbatimSqlTest {
  @Test
  void what_stands_between_angle_brackets_is_no_placeholder() {
    try (Belay belay = Belay.openInMemory(TestOptions.defaults())) {
      assertThat(belay.tx().<Integer, RuntimeException>read(tx -> tx.attach(Dao.class).verbatim()))
          .isEqualTo(1);
    }
  }

  @Test
  void users_keep_the_engine_they_have() {
    try (Belay belay = Belay.openInMemory(TestOptions.defaults())) {
      assertThatExceptionOfType(UnableToCreateStatementException.class)
          .isThrownBy(() -> belay.useRead(tx -> tx.attach(Dao.class).rendered()));
    }
  }

  /** One statement, taken both ways: as a comparison of comparisons, and with a gap to fill. */
  public interface Dao {
    /** As it is written. */
    @UseTemplateEngine(VerbatimSql.class)
    @SqlQuery("SELECT 0 <n> 0 FROM (SELECT 5 AS n)")
    int verbatim();

    /** As JDBI renders it. */
    @SqlQuery("SELECT 0 <n> 0 FROM (SELECT 5 AS n)")
    int rendered();
  }
}
