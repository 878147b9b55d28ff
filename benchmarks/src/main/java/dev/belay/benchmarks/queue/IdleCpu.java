package dev.belay.benchmarks.queue;

import com.sun.management.OperatingSystemMXBean;
import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * What a sleeping worker costs: the processor time of this process, in percent of one core, while a
 * store is open, its worker waits and nothing happens. Belongs to one thread.
 *
 * <p>"nothing open" is what the process uses anyway, to be kept in mind with every other figure. It
 * is next to nothing, so there is no ratio.
 */
public final class IdleCpu extends NamedQuestion {
  private static final WakePeer NOTHING =
      new WakePeer() {
        @Override
        public String name() {
          return "nothing open";
        }

        @Override
        public Sleeper start(Path file, LongConsumer started) {
          return new Sleeper() {
            @Override
            public void enqueue(int item) {
              throw new UnsupportedOperationException("nothing is open");
            }

            @Override
            public void stop() {}
          };
        }
      };

  /** For the list of questions. */
  public IdleCpu() {
    super("idle CPU", "nothing open", 1);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    List<WakePeer> peers = new ArrayList<>(WakeLatency.PEERS);
    peers.add(NOTHING);
    for (WakePeer peer : Rotation.of(peers, round)) {
      try (Scratch folder = new Scratch()) {
        WakePeer.Sleeper sleeper = peer.start(folder.file("queue.db"), started -> {});
        try {
          double percent = percent(settleMs(effort), measureMs(effort));
          new Figures(samples, name(), "one worker waits", peer.name(), round)
              .add("idle CPU", "%", percent);
        } finally {
          sleeper.stop();
        }
      }
    }
  }

  private static long settleMs(Effort effort) {
    return effort == Effort.SMOKE ? 1 : 1_000;
  }

  private static long measureMs(Effort effort) {
    return switch (effort) {
      case SMOKE -> 20;
      case QUICK -> 2_000;
      case FULL -> 5_000;
    };
  }

  private static double percent(long settleMs, long measureMs) throws InterruptedException {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Thread.sleep(settleMs);
    long start = System.nanoTime();
    long cpuBefore = process.getProcessCpuTime();
    Thread.sleep(measureMs);
    long cpu = process.getProcessCpuTime() - cpuBefore;
    return 100.0 * cpu / (System.nanoTime() - start);
  }
}
