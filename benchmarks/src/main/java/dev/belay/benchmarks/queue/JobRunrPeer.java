package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.server.configuration.BackgroundJobServerWorkerPolicy;
import org.jobrunr.server.strategy.BasicWorkDistributionStrategy;
import org.jobrunr.server.strategy.WorkDistributionStrategy;
import org.jobrunr.server.threadpool.JobRunrExecutor;
import org.jobrunr.server.threadpool.PlatformThreadPoolJobRunrExecutor;
import org.jobrunr.storage.sql.common.DefaultSqlStorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;

/**
 * JobRunr on its storage for SQL, without a dashboard. Immutable.
 *
 * <p>It polls every 5 s at the most often, and otherwise looks for work whenever a worker gets
 * free. So that the figure is about its work and not about that wait, it is pushed from the start:
 * a thread says again and again that a worker has become free.
 *
 * <p>Whenever it looks, it takes as many jobs as it has idle workers. A policy of its own lets it
 * take more, in one transaction, for the same 16 threads, as db-scheduler is let too.
 */
public final class JobRunrPeer<S> implements DrivenQueue<S> {
  /** Says, while code is cold, that its filters are slow; held, or its level would be forgotten. */
  private static final Logger FILTERS = Logger.getLogger("org.jobrunr.jobs.filters");

  /*
   * On a busy machine of two cores, of what db-scheduler got through in the same round: 16 at once,
   * as it comes, 0.36, however often it was pushed; 32 at once 0.41; 64 at once 0.42 pushed every
   * 5 ms, 0.48 every 0.5 ms; 320 at once 0.42, and the producers at half the pace. Not pushed, 0.04.
   */
  private static final int JOBS_AT_ONCE = 64;

  private static final long PUSH_MICROS = 500;

  private static final long STOP_SECONDS = 30;
  private static final Duration POLL_INTERVAL_MIN = Duration.ofSeconds(5);

  private final PoolOf<S> pool;
  private final Function<DataSource, DefaultSqlStorageProvider> storage;

  /** On connections from {@code pool}. */
  public JobRunrPeer(PoolOf<S> pool, Function<DataSource, DefaultSqlStorageProvider> storage) {
    this.pool = pool;
    this.storage = storage;
  }

  @Override
  public String name() {
    return "JobRunr";
  }

  @Override
  public int items(Effort effort) {
    return ItemCounts.SLOW.of(effort);
  }

  @Override
  public Run start(S place, Items items) throws Exception {
    FILTERS.setLevel(Level.SEVERE);
    ConnectionPool pool = this.pool.open(place);
    DefaultSqlStorageProvider storage = this.storage.apply(pool);
    JacksonJsonMapper json = new JacksonJsonMapper();
    storage.setJobMapper(new JobMapper(json));
    JobRequestScheduler scheduler = new JobRequestScheduler(storage);
    BackgroundJobServer server =
        new BackgroundJobServer(
            storage,
            json,
            activator(new JobRunrItem.Handler(items)),
            BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                .andBackgroundJobServerWorkerPolicy(policy())
                .andPollInterval(POLL_INTERVAL_MIN)
                .andInterruptJobsAwaitDurationOnStopBackgroundJobServer(Duration.ZERO));
    server.start();
    ScheduledExecutorService pusher = Executors.newSingleThreadScheduledExecutor();
    Future<?> pushing =
        pusher.scheduleWithFixedDelay(() -> push(server), 0, PUSH_MICROS, TimeUnit.MICROSECONDS);
    return new Run() {
      @Override
      public void enqueue(int item) {
        scheduler.enqueue(new JobRunrItem(items.payload(item)));
      }

      @Override
      public void check() throws Exception {
        if (pushing.isDone()) {
          pushing.get(); // throws what ended it
        }
      }

      @Override
      public boolean settled() {
        return storage.countJobs(StateName.SUCCEEDED) == items.count();
      }

      @Override
      public void stop() throws Exception {
        try (pool;
            storage) {
          pusher.shutdownNow();
          if (!pusher.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("JobRunr is still looking for work");
          }
          server.stop();
        }
      }
    };
  }

  private static void push(BackgroundJobServer server) {
    server.getJobSteward().notifyThreadOccupied();
    server.getJobSteward().notifyThreadIdle();
  }

  private static BackgroundJobServerWorkerPolicy policy() {
    return new BackgroundJobServerWorkerPolicy() {
      @Override
      public WorkDistributionStrategy toWorkDistributionStrategy(BackgroundJobServer server) {
        return new BasicWorkDistributionStrategy(server, JOBS_AT_ONCE);
      }

      @Override
      public JobRunrExecutor toJobRunrExecutor() {
        return new PlatformThreadPoolJobRunrExecutor(QueueDrive.WORKERS);
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
