package dev.belay.benchmarks.queue;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** db-scheduler with one task in a store of its own. Safe for use by many threads. */
public final class DbSchedulerStore implements AutoCloseable {
  /** How often it looks for what is due unless told: as often as makes sense at all. */
  public static final Duration POLLING = Duration.ofMillis(10);

  /** The name of its task. */
  public static final String TASK = "item";

  private static final Duration STOP_MAX = Duration.ofSeconds(5);

  private final ConnectionPool pool;
  private final OneTimeTask<String> task;
  private final Scheduler scheduler;

  /**
   * Creates its table and starts it.
   *
   * @param pool closed with it
   * @param schema the statements that make its table; none if it is there
   */
  public DbSchedulerStore(
      ConnectionPool pool,
      List<String> schema,
      int threads,
      UnaryOperator<SchedulerBuilder> settings,
      Consumer<String> handler)
      throws SQLException {
    this.pool = pool;
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : schema) {
        statement.execute(each);
      }
    }
    task =
        Tasks.oneTime(TASK, String.class)
            .execute((instance, context) -> handler.accept(instance.getData()));
    SchedulerBuilder builder =
        Scheduler.create(pool, task)
            .threads(threads)
            .pollingInterval(POLLING)
            .serializer(new DbSchedulerText())
            .shutdownMaxWait(STOP_MAX);
    scheduler = settings.apply(builder).build();
    scheduler.start();
  }

  /** Adds an item that is due. */
  public void enqueue(String id, String payload) {
    scheduler.schedule(task.instance(id, payload), Instant.now());
  }

  /** What is done is deleted. */
  public boolean isEmpty() throws SQLException {
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
