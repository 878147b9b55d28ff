package dev.belay.benchmarks.queue;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.sqlite.SQLiteConfig.TransactionMode;

/** db-scheduler with one task in a file of its own. Safe for use by many threads. */
final class DbSchedulerStore implements AutoCloseable {
  /** How often it looks for what is due unless told: as often as makes sense at all. */
  static final Duration POLLING = Duration.ofMillis(10);

  private static final Duration STOP_MAX = Duration.ofSeconds(5);

  /** The columns and indexes that its documentation asks for, in SQLite's types. */
  private static final String[] SCHEMA = {
    """
    CREATE TABLE scheduled_tasks (
      task_name TEXT NOT NULL, task_instance TEXT NOT NULL, task_data BLOB,
      execution_time TIMESTAMP NOT NULL, picked BOOLEAN NOT NULL, picked_by TEXT,
      last_success TIMESTAMP, last_failure TIMESTAMP, consecutive_failures INTEGER,
      last_heartbeat TIMESTAMP, version BIGINT NOT NULL, priority SMALLINT,
      PRIMARY KEY (task_name, task_instance))
    """,
    "CREATE INDEX scheduled_tasks_execution ON scheduled_tasks (execution_time)",
    "CREATE INDEX scheduled_tasks_heartbeat ON scheduled_tasks (last_heartbeat)"
  };

  private final ConnectionPool pool;
  private final OneTimeTask<String> task;
  private final Scheduler scheduler;

  DbSchedulerStore(
      Path file,
      int connections,
      int threads,
      UnaryOperator<SchedulerBuilder> settings,
      Consumer<String> handler)
      throws SQLException {
    pool = new ConnectionPool(file, connections, TransactionMode.IMMEDIATE);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : SCHEMA) {
        statement.execute(each);
      }
    }
    task =
        Tasks.oneTime("item", String.class)
            .execute((instance, context) -> handler.accept(instance.getData()));
    SchedulerBuilder builder =
        Scheduler.create(pool, task)
            .threads(threads)
            .pollingInterval(POLLING)
            .serializer(new DbSchedulerText())
            .jdbcCustomization(new DbSchedulerSqlite())
            .shutdownMaxWait(STOP_MAX);
    scheduler = settings.apply(builder).build();
    scheduler.start();
  }

  void enqueue(String id, String payload) {
    scheduler.schedule(task.instance(id, payload), Instant.now());
  }

  /** What is done is deleted. */
  boolean isEmpty() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT 1 FROM scheduled_tasks)")) {
      return row.next() && !row.getBoolean(1);
    }
  }

  @Override
  public void close() throws SQLException {
    try (pool) {
      scheduler.stop();
    }
  }
}
