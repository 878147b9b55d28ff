package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Children;
import dev.belay.benchmarks.child.JavaCommand;
import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Fresh JVMs of both kinds, and what they reported. Belongs to one thread. */
final class ColdJvms {
  private final JavaCommand belay;
  private final JavaCommand driver;
  private final Path file;
  private final List<Values> belays = new ArrayList<>();
  private final List<Values> drivers = new ArrayList<>();

  ColdJvms(JavaCommand belay, JavaCommand driver, Path file) {
    this.belay = belay;
    this.driver = driver;
    this.file = file;
  }

  /** Runs one of each, so that what disturbs the machine disturbs both. */
  void runBoth(boolean belayFirst) throws IOException, InterruptedException {
    if (belayFirst) {
      belays.add(run(belay, ColdBelay.class, file));
    }
    drivers.add(run(driver, ColdDriver.class, file));
    if (!belayFirst) {
      belays.add(run(belay, ColdBelay.class, file));
    }
  }

  double belayNanos(String what) {
    return median(belays, report -> report.count(what));
  }

  double driverNanos() {
    return median(drivers, report -> report.count("open"));
  }

  static Values run(JavaCommand java, Class<? extends Task> task, Path file)
      throws IOException, InterruptedException {
    return Children.alone(java, task, Values.of(file), Duration.ZERO);
  }

  private static double median(List<Values> reports, ToLongFunction<Values> nanos) {
    long[] sorted = reports.stream().mapToLong(nanos).sorted().toArray();
    int middle = sorted.length / 2;
    long twice = sorted.length % 2 == 0 ? sorted[middle - 1] + sorted[middle] : 2 * sorted[middle];
    return twice / 2.0;
  }
}
