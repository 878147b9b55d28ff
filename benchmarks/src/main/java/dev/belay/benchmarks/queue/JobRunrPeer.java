package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.sql.sqlite.SqLiteStorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * JobRunr on its storage for SQLite, without a dashboard. Immutable.
 *
 * <p>It polls every 5 s at most, and otherwise looks for work whenever a worker gets free. So that
 * the figure is about its work and not about that wait, the harness pushes it: it says a worker has
 * become free, as often as it looks itself.
 *
 * <p>One connection was as fast as two or four, with which it meets SQLITE_BUSY unless every
 * transaction begins IMMEDIATE; deferred ones were no faster.
 */
final class JobRunrPeer implements QueuePeer {
  /** Says, while code is cold, that its filters are slow; held, or its level would be forgotten. */
  private static final Logger FILTERS = Logger.getLogger("org.jobrunr.jobs.filters");

  private static final Duration POLL_INTERVAL_MIN = Duration.ofSeconds(5);

  @Override
  public String name() {
    return "JobRunr";
  }

  @Override
  public int items(Effort effort) {
    return ItemCounts.SLOW.of(effort);
  }

  @Override
  public Run start(Path file, Items items) throws Exception {
    FILTERS.setLevel(Level.SEVERE);
    ConnectionPool pool = new ConnectionPool(file, 1, TransactionMode.IMMEDIATE);
    SqLiteStorageProvider storage = new SqLiteStorageProvider(pool);
    JacksonJsonMapper json = new JacksonJsonMapper();
    storage.setJobMapper(new JobMapper(json));
    JobRequestScheduler scheduler = new JobRequestScheduler(storage);
    BackgroundJobServer server =
        new BackgroundJobServer(
            storage,
            json,
            activator(new JobRunrItem.Handler(items)),
            BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                .andWorkerCount(QueueDrive.WORKERS)
                .andPollInterval(POLL_INTERVAL_MIN)
                .andInterruptJobsAwaitDurationOnStopBackgroundJobServer(Duration.ZERO));
    server.start();
    return new Run() {
      @Override
      public void enqueue(int item) {
        scheduler.enqueue(new JobRunrItem(items.payload(item)));
      }

      @Override
      public boolean settled() {
        return storage.countJobs(StateName.SUCCEEDED) == items.count();
      }

      @Override
      public void nudge() {
        server.getJobSteward().notifyThreadOccupied();
        server.getJobSteward().notifyThreadIdle();
      }

      @Override
      public void stop() throws Exception {
        try (pool;
            storage) {
          server.stop();
        }
      }
    };
  }

  private static JobActivator activator(JobRunrItem.Handler handler) {
    return new JobActivator() {
      @Override
      public <T> T activateJob(Class<T> type) {
        return type.cast(handler);
      }
    };
  }
}
