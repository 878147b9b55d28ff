package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Figures;
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
public final class WakeLatency extends NamedQuestion {
  private static final Duration SLOW_POLLING = Duration.ofSeconds(1);

  static final List<WakePeer> PEERS =
      List.of(
          new DbSchedulerWake(
              "db-scheduler, immediate",
              settings -> settings.enableImmediateExecution().pollingInterval(SLOW_POLLING)),
          new DbSchedulerWake("db-scheduler, polling", settings -> settings),
          new BelayWorkerWake(),
          new BelayClaimWake());

  private static final String SETTING = "one worker, idle queue, same process, NORMAL";

  /** For the list of questions. */
  public WakeLatency() {
    super("wake", "db-scheduler, immediate", 3);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    for (WakePeer peer : Rotation.of(PEERS, round)) {
      try (Scratch folder = new Scratch()) {
        Histogram latency = WakeDrive.run(peer, folder.file("queue.db"), items(effort));
        Figures figures = new Figures(samples, name(), SETTING, peer.name(), round);
        figures.addNanos("wake p50", latency.getValueAtPercentile(50));
        figures.addNanos("wake p99", latency.getValueAtPercentile(99));
        figures.addNanos("wake max", latency.getMaxValue());
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
}
