package dev.belay.benchmarks.postgres;

import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import dev.belay.benchmarks.queue.DbSchedulerStore;
import dev.belay.benchmarks.queue.QueueDrive;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** db-scheduler on PostgreSQL. Stateless. */
final class DbSchedulers {
  /** The table and the indexes of its documentation. */
  static final List<String> SCHEMA =
      List.of(
          """
          CREATE TABLE scheduled_tasks (
            task_name TEXT NOT NULL, task_instance TEXT NOT NULL, task_data BYTEA,
            execution_time TIMESTAMP WITH TIME ZONE NOT NULL, picked BOOLEAN NOT NULL,
            picked_by TEXT, last_success TIMESTAMP WITH TIME ZONE,
            last_failure TIMESTAMP WITH TIME ZONE, consecutive_failures INT,
            last_heartbeat TIMESTAMP WITH TIME ZONE, version BIGINT NOT NULL, priority SMALLINT,
            PRIMARY KEY (task_name, task_instance))
          """,
          "CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time)",
          "CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat)");

  /** One for each producer and worker, and its own threads. */
  private static final int CONNECTIONS = QueueDrive.PRODUCERS + QueueDrive.WORKERS + 4;

  private DbSchedulers() {}

  /** Opens it with 16 workers. */
  static DbSchedulerStore open(
      Schema schema, UnaryOperator<SchedulerBuilder> settings, Consumer<String> handler)
      throws SQLException {
    return new DbSchedulerStore(
        schema.pool(CONNECTIONS), SCHEMA, QueueDrive.WORKERS, settings, handler);
  }

  /** Locks and fetches up to 20 items a thread at once, and looks as soon as one is enqueued. */
  static SchedulerBuilder lockAndFetch(SchedulerBuilder settings) {
    return settings.pollUsingLockAndFetch(4.0, 20.0).enableImmediateExecution();
  }
}
