package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.child.Child;
import dev.belay.benchmarks.child.Children;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * How long does work that one process enqueues wait for the idle worker of another? Belongs to one
 * thread.
 *
 * <p>Counted from just before the call that enqueues to the first statement of the handler. Both
 * read {@link System#nanoTime}, which is one clock for all processes of a Linux machine; {@link
 * Child} checks that it is. The pauses are random, so that they do not march with a poll.
 */
public final class OtherProcessWake extends NamedQuestion {
  private static final String NAME = "wake other process";
  private static final String PEER = "belay";

  /** For the list of questions. */
  public OtherProcessWake() {
    super(NAME, PEER, 2);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    String setting = "1 worker, work every 5–20 ms, NORMAL";
    Figures figures = new Figures(samples, NAME, setting, PEER, round);
    switch (effort) {
      case SMOKE -> ask(0, 100, figures);
      case QUICK -> ask(1_000, 4_000, figures);
      case FULL -> ask(2_000, 10_000, figures);
    }
  }

  private static void ask(int warmUpMs, int measureMs, Figures figures)
      throws IOException, InterruptedException {
    try (Scratch scratch = new Scratch();
        Children children = new Children(scratch)) {
      Values settings =
          Values.of(scratch.file("store.db"))
              .with("warmUpMs", warmUpMs)
              .with("measureMs", measureMs);
      Belay.open(settings.file()).close();
      children.start(HandleTask.class, settings);
      children.start(EnqueueTask.class, settings);
      children.go();
      record(children.reports(Duration.ofMillis(warmUpMs + measureMs)), figures);
    }
  }

  private static void record(List<Values> reports, Figures figures) {
    Values handled = reports.get(0);
    Values enqueued = reports.get(1);
    if (handled.count("works") != enqueued.count("works")) {
      throw new IllegalStateException(
          enqueued.count("works") + " enqueued, but " + handled.count("works") + " handled");
    }
    Histogram ages = handled.histogram("ages");
    figures.addNanos("p50", ages.getValueAtPercentile(50));
    figures.addNanos("p99", ages.getValueAtPercentile(99));
    figures.addNanos("max", ages.getMaxValue());
    Histogram calls = enqueued.histogram("calls");
    figures.addNanos("enqueue p50", calls.getValueAtPercentile(50));
  }
}
