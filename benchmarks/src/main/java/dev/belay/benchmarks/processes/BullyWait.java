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
import java.util.List;
import java.util.Locale;

/**
 * How long does a process wait that writes now and then, beside one that writes without a pause?
 * Belongs to one thread.
 *
 * <p>The one has 16 callers in a tight loop, the other a single caller that rests for 10 ms after
 * each write. Its waits are what is measured; the throughput is that of the loop.
 */
public final class BullyWait extends NamedQuestion {
  private static final String NAME = "bully";
  private static final int BULLY_CALLERS = 16;
  private static final int PAUSE_MS = 10;

  /** For the list of questions. */
  public BullyWait() {
    super(NAME, WriterKind.STOCK.peer(), 3);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    WriteRun run =
        switch (effort) {
          case SMOKE -> new WriteRun(1, 2, "NORMAL", 0, 50);
          case QUICK -> WriteRun.warmedUp(effort, 1, BULLY_CALLERS, "NORMAL", 2_000);
          case FULL -> WriteRun.warmedUp(effort, 1, BULLY_CALLERS, "NORMAL", 5_000);
        };
    // all of them write in the smoke of WriteContention
    List<WriterKind> kinds =
        effort == Effort.SMOKE ? List.of(WriterKind.STOCK) : List.of(WriterKind.values());
    for (WriterKind kind : Rotation.of(kinds, round)) {
      String setting =
          String.format(
              Locale.ROOT,
              "1 caller every %d ms beside %d without pause, NORMAL, 200 B",
              PAUSE_MS,
              run.callers());
      ask(run, kind, new Figures(samples, NAME, setting, kind.peer(), round));
    }
  }

  private static void ask(WriteRun run, WriterKind kind, Figures figures) throws Exception {
    try (Scratch scratch = new Scratch();
        Children children = new Children(scratch)) {
      Values bully = run.settings(kind, scratch).with("firstSession", 1);
      SessionFile.create(bully.file(), run.callers() + 1);
      children.start(WriteTask.class, bully);
      children.start(
          WriteTask.class,
          bully
              .with("firstSession", 1 + run.callers())
              .with("callers", 1)
              .with("pauseMs", PAUSE_MS));
      children.go();
      List<Values> reports = children.reports(run.duration());
      WriteResult other = new WriteResult(reports.subList(1, 2), run.measureMs());
      figures.addNanos("wait p50", other.waitNanos(50));
      figures.addNanos("wait p99", other.waitNanos(99));
      figures.addNanos("wait max", other.longestWaitNanos());
      WriteResult loop = new WriteResult(reports.subList(0, 1), run.measureMs());
      figures.add("throughput", "ops/s", loop.writesPerSecond());
    }
  }
}
