package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often a second a free lease is acquired and released, by one caller and by 16 that hold names
 * of their own. Belongs to one thread.
 *
 * <p>An operation is both together. The first tenth of the time warms up and is not counted.
 */
public final class LeaseAcquireRelease extends NamedQuestion {
  private static final List<LeasePeer> PEERS =
      List.of(new RawLeases(), new BelayLeases(), new ShedLockLeases(1));

  /** For the list of questions. */
  public LeaseAcquireRelease() {
    super("lease", "ShedLock", 3);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    for (int callers : new int[] {1, 16}) {
      for (LeasePeer peer : Rotation.of(PEERS, round)) {
        String setting = callers + (callers == 1 ? " caller" : " callers") + ", NORMAL";
        double rate = rate(peer, callers, measureMs(effort));
        new Figures(samples, name(), setting, peer.name(), round)
            .add("acquire+release", "ops/s", rate);
      }
    }
  }

  private static long measureMs(Effort effort) {
    return switch (effort) {
      case SMOKE -> 20;
      case QUICK -> 1_000;
      case FULL -> 3_000;
    };
  }

  private static double rate(LeasePeer peer, int callers, long measureMs) throws Exception {
    try (Scratch folder = new Scratch()) {
      LeasePeer.Store store = peer.open(folder.file("lease.db"));
      try {
        drive(store, callers, measureMs / 9);
        return drive(store, callers, measureMs);
      } finally {
        store.close();
      }
    }
  }

  private static double drive(LeasePeer.Store store, int callers, long ms) throws Exception {
    LongAdder operations = new LongAdder();
    long start = System.nanoTime();
    long end = start + TimeUnit.MILLISECONDS.toNanos(ms);
    Callers.Body body =
        number -> {
          String name = "lease-" + number;
          do {
            store.acquireAndRelease(name);
            operations.increment();
          } while (System.nanoTime() < end);
        };
    try (Callers running = Callers.start(callers, body)) {
      running.join();
    }
    return operations.sum() * 1e9 / (System.nanoTime() - start);
  }
}
