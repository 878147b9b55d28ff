package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.report.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * How large does the log grow while processes write and another always reads? Belongs to one
 * thread.
 *
 * <p>The reader holds a read transaction all the time and takes a new snapshot every second, so
 * that there is never a moment without one. The size of the {@code -wal} file is looked at every 50
 * ms, with {@code stat}: no descriptor is opened. The peer has SQLite's automatic checkpoints, at
 * 1,000 pages.
 */
public final class WalBound implements Question {
  private static final String NAME = "wal";
  private static final int CALLERS = 4;
  private static final int LOOK_MS = 50;
  private static final double MIB = 1 << 20;

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
    List<WriteRun> runs =
        switch (effort) {
          case SMOKE -> List.of(new WriteRun(1, CALLERS, "NORMAL", 0, 300));
          case QUICK -> bothFor(5_000);
          case FULL -> bothFor(60_000);
        };
    for (WriteRun run : runs) {
      List<WriterKind> kinds = new ArrayList<>(List.of(WriterKind.BELAY, WriterKind.STOCK));
      Collections.rotate(kinds, round);
      for (WriterKind kind : kinds) {
        String setting = run.setting() + ", a reader, " + run.measureMs() / 1000.0 + " s";
        ask(run, kind, new Figures(samples, NAME, setting, kind.peer(), round));
      }
    }
  }

  private static List<WriteRun> bothFor(int measureMs) {
    return List.of(
        WriteRun.warmedUp(1, CALLERS, "NORMAL", measureMs),
        WriteRun.warmedUp(2, CALLERS, "NORMAL", measureMs));
  }

  private static void ask(WriteRun run, WriterKind kind, Figures figures)
      throws IOException, InterruptedException {
    try (Scratch scratch = new Scratch();
        Children children = new Children()) {
      Settings settings = run.settings(kind, scratch);
      SessionFile.create(settings.file(), run.processes() * CALLERS);
      for (int process = 0; process < run.processes(); process++) {
        children.start(WriteTask.class, settings.with("firstSession", 1 + process * CALLERS));
      }
      children.start(SnapshotTask.class, settings);
      Histogram sizes = watch(scratch.file("store.db-wal"), children.go(), run);
      List<Report> reports = children.reports(run.duration());
      WriteResult writes = new WriteResult(reports.subList(0, run.processes()), run.measureMs());
      figures.add("wal max", "MiB", sizes.getMaxValue() / MIB);
      figures.add("wal p50", "MiB", sizes.getValueAtPercentile(50) / MIB);
      figures.add("wait max", "ms", writes.longestWaitMs());
      figures.add("throughput", "ops/s", writes.writesPerSecond());
    }
  }

  private static Histogram watch(Path log, long startNanos, WriteRun run)
      throws IOException, InterruptedException {
    Histogram sizes = new Histogram(3);
    Window window = new Window(startNanos, run.warmUpMs(), run.measureMs());
    Pause.until(window.beginNanos());
    while (!window.isOver(System.nanoTime())) {
      Thread.sleep(LOOK_MS);
      sizes.recordValue(Files.size(log));
    }
    return sizes;
  }
}
