package dev.belay.spring.boot;

import dev.belay.Belay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The health of the store: one short read succeeds, and every worker that was started runs. Safe
 * for use by many threads.
 */
final class StoreHealth extends AbstractHealthIndicator {
  /** The maximum time of the read by default. */
  static final Duration READ_MAX = Duration.ofSeconds(5);

  private final Belay belay;
  private final WorkerLifecycle workers;
  private final Duration readMax;

  /**
   * Creates the indicator.
   *
   * @param readMax the maximum time of the read, for which it may wait: slow bodies may keep all
   *     readers
   */
  StoreHealth(Belay belay, WorkerLifecycle workers, Duration readMax) {
    super("Belay health check failed");
    this.belay = belay;
    this.workers = workers;
    this.readMax = readMax;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) throws Exception {
    List<String> ended =
        workers.workers().stream()
            .filter(started -> !started.worker().isRunning())
            .map(WorkerLifecycle.Running::queue)
            .toList();
    if (ended.isEmpty()) {
      health.up();
    } else {
      health.down().withDetail("ended", ended);
    }
    health.withDetail("workers", workers.workers().size());
    read(health);
  }

  private void read(Health.Builder health) throws Exception {
    CompletableFuture<?> reading = belay.tx().readAsync(tx -> belay.sessions().list(tx, null, 1));
    try {
      reading.get(readMax.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      reading.cancel(false);
      health.down().withDetail("read", "no answer within " + readMax);
    }
  }
}
