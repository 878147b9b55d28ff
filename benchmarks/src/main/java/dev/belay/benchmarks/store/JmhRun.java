package dev.belay.benchmarks.store;

import dev.belay.benchmarks.Effort;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** One run of one benchmark method with one set of parameters, in a JVM of its own. Immutable. */
record JmhRun(Class<?> benchmark, String method, int threads, Map<String, String> params) {
  /** Runs it; a smoke run stays in this JVM. */
  RunResult run(Effort effort) throws RunnerException {
    String name = benchmark.getName() + "." + method;
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + name.replace(".", "\\.") + "$")
            // a second thread costs JMH a second, however short the run
            .threads(effort == Effort.SMOKE ? 1 : threads)
            .shouldFailOnError(true)
            .addProfiler(WallThroughput.class)
            .verbosity(VerboseMode.SILENT);
    params.forEach(options::param);
    time(options, effort);
    try {
      return new Runner(options.build()).runSingle();
    } catch (RunnerException e) {
      throw new RunnerException(name + " " + params + ", " + threads + " threads failed", e);
    }
  }

  private static void time(ChainedOptionsBuilder options, Effort effort) {
    switch (effort) {
      case SMOKE ->
          options
              .forks(0)
              .warmupIterations(0)
              .measurementIterations(1)
              .measurementTime(TimeValue.milliseconds(5));
      case QUICK -> iterations(options, 1, 1);
      // two seconds may leave the second compiler at work
      case FULL -> iterations(options, 5, 2);
    }
  }

  private static void iterations(ChainedOptionsBuilder options, int warmup, int measurement) {
    options
        .forks(1)
        .warmupIterations(warmup)
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(measurement)
        .measurementTime(TimeValue.seconds(1));
  }
}
