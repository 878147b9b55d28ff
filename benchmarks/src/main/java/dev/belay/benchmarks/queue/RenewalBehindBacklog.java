package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import dev.belay.lease.Lease;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * How long the renewal of a lease takes while 10 000 writes wait in the same process. Belongs to
 * one thread.
 *
 * <p>The backlog is kept up for the whole time, each write an enqueue of 200 bytes. "ordinary
 * write" is the same renewal as a plain transaction, which waits for its turn: what the priority
 * lane saves. A renewal that loses the lease fails the run.
 */
public final class RenewalBehindBacklog extends NamedQuestion {
  private static final int BACKLOG = 10_000;
  private static final int SMOKE_BACKLOG = 200;
  private static final int DIGITS = 3;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

  private static final List<RenewalPeer> PEERS =
      List.of(
          new RenewalPeer(
              "ordinary write",
              (belay, lease) ->
                  belay.write(tx -> belay.leases().renew(tx, lease, BelayLeases.TTL))),
          new RenewalPeer("belay", (belay, lease) -> belay.leases().renew(lease, BelayLeases.TTL)));

  /** For the list of questions. */
  public RenewalBehindBacklog() {
    super("renewal", "ordinary write", 3);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    int backlog = effort == Effort.SMOKE ? SMOKE_BACKLOG : BACKLOG;
    String setting = String.format(Locale.ROOT, "%,d writes waiting, NORMAL", backlog);
    for (RenewalPeer peer : Rotation.of(PEERS, round)) {
      Histogram latency = measure(peer, backlog, measureMs(effort));
      Figures figures = new Figures(samples, name(), setting, peer.name(), round);
      figures.addNanos("renewal p50", latency.getValueAtPercentile(50));
      figures.addNanos("renewal p99", latency.getValueAtPercentile(99));
      figures.addNanos("renewal max", latency.getMaxValue());
    }
  }

  private static long measureMs(Effort effort) {
    return switch (effort) {
      case SMOKE -> 50;
      case QUICK -> 3_000;
      case FULL -> 8_000;
    };
  }

  private static Histogram measure(RenewalPeer peer, int size, long ms) throws Exception {
    Histogram latency = new Histogram(DIGITS);
    try (Scratch folder = new Scratch();
        Belay belay = Belay.open(folder.file("store.db"))) {
      Lease lease =
          belay.leases().acquire("leader", "benchmark", BelayLeases.TTL).granted().orElseThrow();
      Backlog backlog = new Backlog(belay, size);
      try {
        backlog.awaitFull();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        while (System.nanoTime() < end) {
          long before = System.nanoTime();
          lease = peer.renew().run(belay, lease).renewed().orElseThrow();
          latency.recordValue(System.nanoTime() - before);
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      } finally {
        backlog.stop();
      }
    }
    return latency;
  }
}
