package dev.belay.benchmarks.store;

import dev.belay.Belay;
import dev.belay.benchmarks.peer.Fixtures;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a queue's verbs cost when it holds much else. One caller, so that it is the cost and not the
 * waiting that is measured. Its state belongs to one thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ClaimBehindBenchmark {
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final NewWork WORK = NewWork.of("x".repeat(200));

  /** How much else there is. */
  @Param({"1000", "100000", "1000000"})
  public int rows;

  /** What it is. */
  @Param({"UNCLAIMABLE", "CLAIMABLE"})
  public QueueFill fill;

  /** Where filled stores are kept between JVMs; empty: nowhere. */
  @Param("")
  public String fixtures;

  private Scratch store;
  private Belay belay;
  private WorkQueue queue;

  /** Fills and opens the store. */
  @Setup
  public void open() throws SQLException {
    store = new Scratch();
    String[] sql = fill.sql(rows, System.currentTimeMillis());
    Fixtures.fill(fixtures, "queue-" + fill + "-" + rows, store.file(), sql);
    belay = Belay.open(store.file());
    queue = belay.queue(QueueFill.QUEUE);
    queue.enqueue(WORK);
  }

  /** Closes and deletes it. */
  @TearDown
  public void close() {
    belay.close();
    store.close();
  }

  /** Work comes, the next in line is claimed and completed: three transactions. */
  @Benchmark
  public void enqueueClaimComplete() {
    queue.enqueue(WORK);
    Claim claim = queue.claim("worker", TTL).orElseThrow();
    require(queue.complete(claim));
  }

  /** The next in line is claimed and given back: two transactions. */
  @Benchmark
  public void claimRelease() {
    Claim claim = queue.claim("worker", TTL).orElseThrow();
    require(queue.release(claim));
  }

  private static void require(Settlement settlement) {
    if (settlement != Settlement.SETTLED) {
      throw new IllegalStateException("a live claim was not settled: " + settlement);
    }
  }
}
