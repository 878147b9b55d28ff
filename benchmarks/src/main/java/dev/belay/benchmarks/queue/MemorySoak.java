package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.NamedQuestion;
import dev.belay.benchmarks.child.Children;
import dev.belay.benchmarks.child.JavaCommand;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Figures;
import dev.belay.benchmarks.report.Samples;
import java.time.Duration;
import java.util.Locale;

/**
 * Whether ten million operations leave anything behind: open statements, native memory, heap.
 * Belongs to one thread.
 *
 * <p>The driver cannot count SQLite's statements, so a child JVM weighs itself. Its heap is as
 * large as it will ever be and touched from the start, so what RAM it takes on after a tenth of the
 * way is native: a statement that stays open costs a few KiB, and each transaction forgets two.
 * Growth past a bound fails the run. Where there is no {@code /proc}, only the heap is weighed.
 */
public final class MemorySoak extends NamedQuestion {
  private static final String[] OPTIONS = {
    "-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"
  };
  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final double MIB = 1 << 20;
  private static final double GROWTH_MAX_MIB = 32;

  /** For the list of questions. */
  public MemorySoak() {
    super("soak", "belay", 1);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    int transactions = transactions(effort);
    try (Scratch folder = new Scratch()) {
      JavaCommand java = JavaCommand.in(folder).with(OPTIONS);
      Values settings = Values.of(folder.file("soak.db")).with("transactions", transactions);
      Values measured = Children.alone(java, SoakLoad.class, settings, LIMIT);
      String setting =
          String.format(
              Locale.ROOT, "%,d operations, 100 a transaction", transactions * SoakLoad.OPERATIONS);
      Figures figures = new Figures(samples, name(), setting, base(), round);
      figures.add("operations", "ops/s", measured.rate("rate"));
      grown(figures, "heap", measured);
      if (ResidentMemory.isKnown()) {
        grown(figures, "rss", measured);
      }
    }
  }

  private static int transactions(Effort effort) {
    return switch (effort) {
      case SMOKE -> 20;
      case QUICK -> 2_000;
      case FULL -> 100_000;
    };
  }

  private static void grown(Figures figures, String what, Values measured) {
    double before = measured.count(what + "Before") / MIB;
    double after = measured.count(what + "After") / MIB;
    figures.add(what + " growth", "MiB", after - before);
    if (after - before > GROWTH_MAX_MIB) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%s grew from %.1f to %.1f MiB over %s",
              what,
              before,
              after,
              figures.setting()));
    }
  }
}
