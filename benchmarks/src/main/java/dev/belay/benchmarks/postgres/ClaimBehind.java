package dev.belay.benchmarks.postgres;

import dev.belay.Belay;
import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * How long the claim of one caller takes when the queue holds 1 k to 1 M other pieces of work, and
 * how long it takes to give it back. Belongs to one thread.
 *
 * <p>The sizes take turns, a hundred claims each, so that a busy machine is busy for all of them.
 */
final class ClaimBehind extends NamedQuestion {
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final NewWork WORK = NewWork.of("x".repeat(200));
  private static final int CLAIMS_A_TURN = 100;
  private static final int DIGITS = 3;
  private static final double NANOS_PER_US = 1e3;

  /** How much else there is. */
  private enum Size {
    K1("1 k rows", 1_000),
    K10("10 k rows", 10_000),
    K100("100 k rows", 100_000),
    M1("1 M rows", 1_000_000);

    private final String text;
    private final int rows;

    Size(String text, int rows) {
      this.text = text;
      this.rows = rows;
    }
  }

  /** A queue that holds so much. Belongs to one thread. */
  private static final class Filled implements AutoCloseable {
    private final Histogram claims = new Histogram(DIGITS);
    private final Histogram releases = new Histogram(DIGITS);
    private final Size size;
    private final Schema schema = new Schema();
    private final Belay belay;
    private final WorkQueue queue;

    Filled(Size size, Backlog backlog) {
      this.size = size;
      belay = schema.openBelay();
      queue = belay.queue(Backlog.QUEUE);
      schema.execute(backlog.sql(size.rows));
      queue.enqueue(WORK);
    }

    void turn(int claimsATurn) {
      for (int i = 0; i < claimsATurn; i++) {
        long start = System.nanoTime();
        Claim claim = queue.claim("worker", TTL).orElseThrow();
        long claimed = System.nanoTime();
        Settlement settlement = queue.release(claim);
        releases.recordValue(System.nanoTime() - claimed);
        claims.recordValue(claimed - start);
        if (settlement != Settlement.SETTLED) {
          throw new IllegalStateException("a live claim was not settled: " + settlement);
        }
      }
    }

    void forget() {
      claims.reset();
      releases.reset();
    }

    @Override
    public void close() {
      belay.close();
      schema.close();
    }
  }

  ClaimBehind() {
    super("pg claim behind", Size.K1.text, 1);
  }

  @Override
  public List<String> sizes() {
    return List.of(Size.values()).stream().map(size -> size.text).toList();
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    List<Size> sizes =
        switch (effort) {
          case SMOKE -> List.of(Size.K1);
          case QUICK -> List.of(Size.K1, Size.M1);
          case FULL -> List.of(Size.values());
        };
    for (Backlog backlog : Backlog.values()) {
      List<Filled> filled = new ArrayList<>();
      try {
        sizes.forEach(size -> filled.add(new Filled(size, backlog)));
        measure(filled, effort);
        filled.forEach(each -> report(each, backlog, round, samples));
      } finally {
        filled.forEach(Filled::close);
      }
    }
  }

  private static void measure(List<Filled> filled, Effort effort) {
    int turns =
        switch (effort) {
          case SMOKE -> 1;
          case QUICK -> 20;
          case FULL -> 50;
        };
    filled.forEach(each -> each.turn(effort == Effort.SMOKE ? 1 : 5 * CLAIMS_A_TURN));
    filled.forEach(Filled::forget);
    for (int turn = 0; turn < turns; turn++) {
      Rotation.of(filled, turn)
          .forEach(each -> each.turn(effort == Effort.SMOKE ? 1 : CLAIMS_A_TURN));
    }
  }

  private void report(Filled filled, Backlog backlog, int round, Samples samples) {
    String setting = backlog.text() + ", fsync on";
    Figures figures = new Figures(samples, name(), setting, filled.size.text, round);
    figures.add("claim p50", "µs", us(filled.claims));
    figures.add("release p50", "µs", us(filled.releases));
  }

  private static double us(Histogram times) {
    return times.getValueAtPercentile(50) / NANOS_PER_US;
  }
}
