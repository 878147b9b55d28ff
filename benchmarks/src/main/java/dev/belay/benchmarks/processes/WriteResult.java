package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Values;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What processes that write one file have reported. Belongs to one thread.
 *
 * <p>Fairness is the writes of the process that got least, divided by those of the one that got
 * most: 0 if one wrote nothing.
 */
final class WriteResult {
  private final List<Values> reports;
  private final int measureMs;
  private final Histogram waits;

  WriteResult(List<Values> reports, int measureMs) {
    this.reports = List.copyOf(reports);
    this.measureMs = measureMs;
    this.waits = reports.get(0).histogram("waits");
    reports.stream().skip(1).forEach(report -> waits.add(report.histogram("waits")));
  }

  double writesPerSecond() {
    return measureMs <= 0 ? 0 : sum("writes") * 1000.0 / measureMs;
  }

  /** What all spent, waiting and trying included; 0 if nothing was written. */
  double cpuMicrosPerWrite() {
    long writes = sum("writes");
    return writes == 0 ? 0 : sum("cpuMicros") / (double) writes;
  }

  long waitNanos(double percentile) {
    return waits.getValueAtPercentile(percentile);
  }

  long longestWaitNanos() {
    return waits.getMaxValue();
  }

  double fairness() {
    List<Long> writes = reports.stream().map(report -> report.count("writes")).sorted().toList();
    long most = writes.get(writes.size() - 1);
    return most == 0 ? 0 : writes.get(0) / (double) most;
  }

  /** For each process, its longest calls and where they spent their time. */
  List<String> slowCalls() {
    return reports.stream().map(report -> report.text("slow")).toList();
  }

  private long sum(String name) {
    return reports.stream().mapToLong(report -> report.count(name)).sum();
  }
}
