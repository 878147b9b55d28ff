package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.child.Children;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.Rotation;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.peer.SessionFile;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 *
 * <p>A log that passes 4 GiB ends the measurement there, since a disk is not endless: "wrote for"
 * then is less than it should be, and the log would have gone on growing.
 */
public final class WalBound extends NamedQuestion {
  private static final String NAME = "wal";
  private static final int CALLERS = 4;
  private static final int LOOK_MS = 50;
  private static final int LOG_MAX_MIB = 4 << 10;
  private static final double MIB = 1 << 20;

  /** For the list of questions. */
  public WalBound() {
    super(NAME, WriterKind.STOCK.peer(), 1);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    WriteRun run =
        switch (effort) {
          case SMOKE -> new WriteRun(1, CALLERS, "NORMAL", 0, 100);
          case QUICK -> WriteRun.warmedUp(effort, 2, CALLERS, "NORMAL", 5_000);
          case FULL -> WriteRun.warmedUp(effort, 2, CALLERS, "NORMAL", 60_000);
        };
    String setting =
        run.setting()
            + ", a reader, "
            + run.measureMs() / 1000.0
            + " s or "
            + (LOG_MAX_MIB >> 10)
            + " GiB";
    // Belay too writes in the smoke of WriteContention
    List<WriterKind> kinds =
        effort == Effort.SMOKE
            ? List.of(WriterKind.STOCK)
            : List.of(WriterKind.STOCK, WriterKind.BELAY);
    for (WriterKind kind : Rotation.of(kinds, round)) {
      ask(run, kind, new Figures(samples, NAME, setting, kind.peer(), round));
    }
  }

  private static void ask(WriteRun run, WriterKind kind, Figures figures) throws Exception {
    try (Scratch scratch = new Scratch();
        Children children = new Children(scratch)) {
      Values settings = run.settings(kind, scratch).with(LogLimit.SETTING, LOG_MAX_MIB);
      SessionFile.create(settings.file(), run.processes() * CALLERS);
      for (int process = 0; process < run.processes(); process++) {
        children.start(WriteTask.class, settings.with("firstSession", 1 + process * CALLERS));
      }
      children.start(SnapshotTask.class, settings);
      Histogram sizes = new Histogram(3);
      int watchedMs = watch(settings, run.window(children.go()), sizes);
      List<Values> reports = children.reports(run.duration());
      WriteResult writes = new WriteResult(reports.subList(0, run.processes()), watchedMs);
      figures.add("wal max", "MiB", sizes.getMaxValue() / MIB);
      figures.add("wal p50", "MiB", sizes.getValueAtPercentile(50) / MIB);
      figures.add("wrote for", "s", watchedMs / 1000.0);
      figures.addNanos("wait max", writes.longestWaitNanos());
      figures.add("throughput", "ops/s", writes.writesPerSecond());
    }
  }

  /** Looks until the end, or until the writers see that the log is too large; how long that was. */
  private static int watch(Values settings, Window window, Histogram sizes)
      throws IOException, InterruptedException {
    LogLimit limit = new LogLimit(settings);
    Path log = limit.log();
    Pause.until(window.beginNanos());
    long now;
    do {
      Thread.sleep(LOOK_MS);
      sizes.recordValue(Files.size(log));
      now = System.nanoTime();
    } while (!window.isOver(now) && !limit.isPassed(now));
    return (int) Math.min(window.measureMs(), (now - window.beginNanos()) / 1_000_000);
  }
}
