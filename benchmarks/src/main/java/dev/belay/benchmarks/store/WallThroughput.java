package dev.belay.benchmarks.store;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * All operations of an iteration divided by the time it took. Confined to JMH's own thread.
 *
 * <p>JMH adds up what each thread did in its own time. That time begins when the thread's operation
 * before it is over: a caller that was starved until just before the end has then done one
 * operation in a few microseconds, and counts as if it had gone on like that for the whole second.
 * Peers that let callers starve would look faster than one connection can be.
 */
public final class WallThroughput implements InternalProfiler {
  /** What the result is called. */
  static final String LABEL = "throughput";

  private long startNanos;

  @Override
  public String getDescription() {
    return "Operations of all threads by the wall clock";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    startNanos = System.nanoTime();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    double operations = result.getMetadata().getAllOps();
    return List.of(new ScalarResult(LABEL, operations / seconds, "ops/s", AggregationPolicy.AVG));
  }
}
