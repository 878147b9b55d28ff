package dev.belay.benchmarks.queue;

import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.jdbc.SqliteJdbcCustomization;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * Lets db-scheduler lock and fetch a batch in one transaction on SQLite, which its own
 * customization leaves out. Stateless, safe for use by many threads.
 *
 * <p>Nothing needs a FOR UPDATE there: with connections whose transactions begin IMMEDIATE, what a
 * transaction reads is locked already.
 */
final class DbSchedulerSqlite extends SqliteJdbcCustomization {
  /** The columns and indexes that its documentation asks for, in SQLite's types. */
  private static final List<String> SCHEMA =
      List.of(
          """
    CREATE TABLE scheduled_tasks (
      task_name TEXT NOT NULL, task_instance TEXT NOT NULL, task_data BLOB,
      execution_time TIMESTAMP NOT NULL, picked BOOLEAN NOT NULL, picked_by TEXT,
      last_success TIMESTAMP, last_failure TIMESTAMP, consecutive_failures INTEGER,
      last_heartbeat TIMESTAMP, version BIGINT NOT NULL, priority SMALLINT,
      PRIMARY KEY (task_name, task_instance))
    """,
          "CREATE INDEX scheduled_tasks_execution ON scheduled_tasks (execution_time)",
          "CREATE INDEX scheduled_tasks_heartbeat ON scheduled_tasks (last_heartbeat)");

  /** A store in a file of its own. */
  static DbSchedulerStore open(
      Path file,
      int connections,
      int threads,
      UnaryOperator<SchedulerBuilder> settings,
      Consumer<String> handler)
      throws SQLException {
    return new DbSchedulerStore(
        PlainSqlite.pool(file, connections, TransactionMode.IMMEDIATE),
        SCHEMA,
        threads,
        builder -> settings.apply(builder.jdbcCustomization(new DbSchedulerSqlite())),
        handler);
  }

  @Override
  public boolean supportsGenericLockAndFetch() {
    return true;
  }

  @Override
  public String createGenericSelectForUpdateQuery(
      String table, int limit, String filter, boolean orderByPriority) {
    return createSelectDueQuery(table, limit, filter, orderByPriority);
  }
}
