package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.child.Child;
import dev.belay.benchmarks.child.Children;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.Scratch;
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
public final class OtherProcessWake implements Question {
  private static final String NAME = "wake other process";
  private static final String PEER = "belay";
  private static final double NANOS_PER_MS = 1e6;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String base() {
    return PEER;
  }

  @Override
  public int rounds(Effort effort) {
    return effort == Effort.FULL ? 2 : 1;
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
    figures.add("p50", "ms", ages.getValueAtPercentile(50) / NANOS_PER_MS);
    figures.add("p99", "ms", ages.getValueAtPercentile(99) / NANOS_PER_MS);
    figures.add("max", "ms", ages.getMaxValue() / NANOS_PER_MS);
    Histogram calls = enqueued.histogram("calls");
    figures.add("enqueue p50", "ms", calls.getValueAtPercentile(50) / NANOS_PER_MS);
  }
}
