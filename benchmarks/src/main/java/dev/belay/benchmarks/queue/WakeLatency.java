package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Sample;
import dev.belay.benchmarks.report.Samples;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * How soon a handler starts when work is enqueued into an idle queue of the same process. Belongs
 * to one thread.
 *
 * <p>The clock starts before the enqueue, so the commit counts. db-scheduler polls every 10 ms;
 * with immediate execution its own enqueue tells it, so that it polls every second, as whoever
 * minds its idle CPU would let it.
 */
public final class WakeLatency implements Question {
  private static final Duration SLOW_POLLING = Duration.ofSeconds(1);

  static final List<WakePeer> PEERS =
      List.of(
          new DbSchedulerWake(
              "db-scheduler, immediate",
              settings -> settings.enableImmediateExecution().pollingInterval(SLOW_POLLING)),
          new DbSchedulerWake("db-scheduler, polling", settings -> settings),
          new BelayWorkerWake(),
          new BelayClaimWake());

  private static final double NANOS_PER_MS = 1e6;

  /** For the list of questions. */
  public WakeLatency() {}

  @Override
  public String name() {
    return "wake";
  }

  @Override
  public String base() {
    return "db-scheduler, immediate";
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    for (WakePeer peer : Rotation.of(PEERS, round)) {
      try (Scratch folder = new Scratch()) {
        Histogram latency = WakeDrive.run(peer, folder.file("queue.db"), items(effort));
        add(samples, peer, "wake p50", round, latency.getValueAtPercentile(50));
        add(samples, peer, "wake p99", round, latency.getValueAtPercentile(99));
        add(samples, peer, "wake max", round, latency.getMaxValue());
      }
    }
  }

  private static int items(Effort effort) {
    return switch (effort) {
      case SMOKE -> 10;
      case QUICK -> 150;
      case FULL -> 500;
    };
  }

  private void add(Samples samples, WakePeer peer, String metric, int round, long nanos) {
    String setting = "one worker, idle queue, same process, NORMAL";
    samples.add(
        new Sample(name(), setting, peer.name(), metric, "ms", round, nanos / NANOS_PER_MS));
  }
}
