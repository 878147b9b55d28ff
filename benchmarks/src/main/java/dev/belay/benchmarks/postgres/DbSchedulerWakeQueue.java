package dev.belay.benchmarks.postgres;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.belay.benchmarks.processes.WakeQueue;
import dev.belay.benchmarks.queue.ConnectionPool;
import dev.belay.benchmarks.queue.DbSchedulerStore;
import dev.belay.benchmarks.queue.DbSchedulerText;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * db-scheduler, which learns of what another process enqueues by looking, here every 10 ms. Belongs
 * to one thread.
 */
public final class DbSchedulerWakeQueue implements WakeQueue {
  private static final int CONNECTIONS = 3;

  private final OneTimeTask<String> task =
      Tasks.oneTime(DbSchedulerStore.TASK, String.class).execute((instance, context) -> {});
  private String url;
  private ConnectionPool pool;
  private SchedulerClient client;
  private DbSchedulerStore store;
  private long enqueued;

  @Override
  public String create(String place) throws SQLException {
    Server.execute(place, DbSchedulers.SCHEMA.toArray(String[]::new));
    return place;
  }

  @Override
  public void open(String url) throws SQLException {
    this.url = url;
    pool = pool(CONNECTIONS);
    client = SchedulerClient.Builder.create(pool, task).serializer(new DbSchedulerText()).build();
  }

  private ConnectionPool pool(int connections) throws SQLException {
    return new ConnectionPool(connections, () -> DriverManager.getConnection(url));
  }

  @Override
  public void enqueue(String payload) {
    client.scheduleIfNotExists(task.instance(Long.toString(enqueued++), payload), Instant.now());
  }

  @Override
  public void handle(Handler handler) throws SQLException {
    store =
        new DbSchedulerStore(
            pool(CONNECTIONS),
            List.of(),
            1,
            DbSchedulers::lockAndFetch,
            payload -> handler.started(payload, System.nanoTime()));
  }

  @Override
  public void close() {
    try {
      if (store != null) {
        store.close();
      }
      pool.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
