package dev.belay.benchmarks.postgres;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.peer.Callers;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * How many commits a second 1 to 64 callers make, each to a session of its own, and how long each
 * takes: the head moves by compare and swap, an event of 200 bytes is appended, and a receipt keeps
 * the operation from being applied twice. Immutable.
 *
 * <p>The peers take turns of 200 ms, so that a busy machine is busy for all of them.
 */
record CommitRates(List<CommitPeer> peers, List<Setting> settings) implements Question {
  private static final int DIGITS = 3;
  private static final long TURN_MS = 200;

  /** So many callers. */
  record Setting(int callers, Sync sync) {
    String text() {
      return callers
          + (callers == 1 ? " caller" : " callers")
          + ", synchronous_commit "
          + sync.word()
          + ", 200 B";
    }
  }

  /** One peer's store, its callers' sessions, and what they have done. Belongs to one thread. */
  private static final class Load implements AutoCloseable {
    private final CommitPeer peer;
    private final Schema schema = new Schema();
    private final CommitPeer.Store store;
    private final long[] revisions; // they count from 0: the sessions have an event already
    private final Histogram times = new ConcurrentHistogram(DIGITS);
    private long nanos;

    Load(CommitPeer peer, Setting setting) throws Exception {
      this.peer = peer;
      revisions = new long[setting.callers];
      store = peer.open(schema, setting.sync, setting.callers);
    }

    void drive(long ms) throws Exception {
      long start = System.nanoTime();
      long end = start + TimeUnit.MILLISECONDS.toNanos(ms);
      Callers.Body body =
          caller -> {
            long before = System.nanoTime();
            do {
              store.commit(caller, ++revisions[caller]);
              long after = System.nanoTime();
              times.recordValue(after - before);
              before = after;
            } while (before - end < 0);
          };
      try (Callers running = Callers.start(revisions.length, body)) {
        running.join();
      }
      nanos += System.nanoTime() - start;
    }

    void forget() {
      times.reset();
      nanos = 0;
    }

    double rate() {
      return times.getTotalCount() * 1e9 / nanos;
    }

    @Override
    public void close() throws SQLException {
      store.close();
      schema.close();
    }
  }

  /** For the list of questions. */
  static CommitRates ofAll() {
    return new CommitRates(
        List.of(BelayCommits.bodies(), BelayCommits.ownVerb(), new FunctionCommits()),
        List.of(
            new Setting(1, Sync.ON),
            new Setting(4, Sync.ON),
            new Setting(16, Sync.ON),
            new Setting(64, Sync.ON),
            new Setting(1, Sync.OFF),
            new Setting(4, Sync.OFF),
            new Setting(16, Sync.OFF),
            new Setting(64, Sync.OFF)));
  }

  @Override
  public String name() {
    return "pg commit";
  }

  @Override
  public String base() {
    return "belay, bodies";
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    for (Setting setting : effort == Effort.SMOKE ? settings.subList(0, 1) : settings) {
      List<Load> loads = new ArrayList<>();
      try {
        for (CommitPeer peer : peers) {
          loads.add(new Load(peer, setting));
        }
        measure(loads, round, effort);
        for (Load load : loads) {
          Figures figures = new Figures(samples, name(), setting.text(), load.peer.name(), round);
          figures.add("throughput", "commits/s", load.rate());
          figures.addNanos("commit p50", load.times.getValueAtPercentile(50));
          figures.addNanos("commit p99", load.times.getValueAtPercentile(99));
        }
      } finally {
        for (Load load : loads) {
          load.close();
        }
      }
    }
  }

  private static void measure(List<Load> loads, int round, Effort effort) throws Exception {
    int turns =
        switch (effort) {
          case SMOKE -> 1;
          case QUICK -> 10;
          case FULL -> 24;
        };
    long turnMs = effort == Effort.SMOKE ? 10 : TURN_MS;
    for (int turn = 0; turn < turns / 2; turn++) { // warms up
      drive(Rotation.of(loads, turn), turnMs);
    }
    loads.forEach(Load::forget);
    for (int turn = 0; turn < turns; turn++) {
      drive(Rotation.of(loads, round + turn), turnMs);
    }
  }

  private static void drive(List<Load> loads, long turnMs) throws Exception {
    for (Load load : loads) {
      load.drive(turnMs);
    }
  }

  @Override
  public Question narrowed(Predicate<String> setting, Predicate<String> peer) {
    return new CommitRates(
        peers.stream()
            .filter(each -> each.name().equals(base()) || peer.test(each.name()))
            .toList(),
        settings.stream().filter(each -> setting.test(each.text())).toList());
  }
}
