package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.report.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How long do callers wait when several processes write one file as fast as they can, and what does
 * that cost in throughput? Belongs to one thread.
 *
 * <p>The operation moves a head by compare and swap and appends 200 bytes, each caller on a session
 * of its own, so that only the lock is contended. Every peer runs the same statements on the same
 * schema with the same pragmas.
 */
public final class WriteContention implements Question {
  static final String NAME = "contention";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String base() {
    return WriterKind.STOCK.peer();
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    for (WriteRun run : runs(effort)) {
      List<WriterKind> kinds = new ArrayList<>(kinds(run));
      Collections.rotate(kinds, round);
      for (WriterKind kind : kinds) {
        record(new Figures(samples, NAME, run.setting(), kind.peer(), round), run.run(kind));
      }
    }
  }

  private static List<WriteRun> runs(Effort effort) {
    return switch (effort) {
      case SMOKE -> List.of(new WriteRun(2, 1, "NORMAL", 0, 100));
      case QUICK -> all(2_000);
      case FULL -> all(5_000);
    };
  }

  private static List<WriteRun> all(int measureMs) {
    List<WriteRun> runs = new ArrayList<>();
    for (int callers : List.of(1, 4)) {
      for (int processes : List.of(1, 2, 4, 8)) {
        runs.add(WriteRun.warmedUp(processes, callers, "NORMAL", measureMs));
      }
      runs.add(WriteRun.warmedUp(4, callers, "FULL", measureMs));
    }
    return runs;
  }

  /** With one caller there is one connection anyway. */
  private static List<WriterKind> kinds(WriteRun run) {
    return run.callers() == 1
        ? List.of(WriterKind.BELAY, WriterKind.STOCK, WriterKind.PARKS)
        : List.of(WriterKind.values());
  }

  static void record(Figures figures, WriteResult result) {
    figures.add("throughput", "ops/s", result.writesPerSecond());
    figures.add("wait p50", "ms", result.waitMs(50));
    figures.add("wait p99", "ms", result.waitMs(99));
    figures.add("wait p99.9", "ms", result.waitMs(99.9));
    figures.add("wait max", "ms", result.longestWaitMs());
    figures.add("fairness", "min/max", result.fairness());
    figures.add("cpu per write", "us", result.cpuMicrosPerWrite());
  }
}
