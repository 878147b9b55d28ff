package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Values;
import dev.belay.lease.Lease;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A process that renews a lease every 3 ms until the lease {@link #OVER} is held, which ends it.
 * Belongs to the main thread.
 */
public final class RenewTask extends BelayTask {
  static final String OVER = "over";

  private static final Duration TTL = Duration.ofMinutes(1);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);
  private static final int WARM_UP_RENEWALS = 500;

  private Lease lease;

  @Override
  public void prepare(Values settings) throws Exception {
    super.prepare(settings);
    lease = belay.leases().acquire("leader", "benchmark", TTL).granted().orElseThrow();
    for (int i = 0; i < WARM_UP_RENEWALS; i++) {
      renew();
    }
  }

  @Override
  public Values run(Values settings, long startNanos) {
    Histogram waits = new Histogram(3);
    Pause.until(startNanos);
    while (belay.leases().find(OVER).isEmpty()) {
      long before = System.nanoTime();
      renew();
      waits.recordValue(System.nanoTime() - before);
      Pause.ofNanos(PAUSE_NANOS);
    }
    return new Values().with("waits", waits);
  }

  private void renew() {
    lease = belay.leases().renew(lease, TTL).renewed().orElseThrow();
  }
}
