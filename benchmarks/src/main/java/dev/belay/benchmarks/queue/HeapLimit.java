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
 * Whether a million items go through the queue of a JVM with a heap of 64 MB, and how fast. Belongs
 * to one thread.
 *
 * <p>The producers are quicker than the workers, so most of the million stands in the file at some
 * time. A child that runs out of memory, or does an item twice or never, fails the run.
 */
public final class HeapLimit extends NamedQuestion {
  private static final Duration LIMIT = Duration.ofMinutes(20);

  /** For the list of questions. */
  public HeapLimit() {
    super("heap", "belay, worker", 1);
  }

  @Override
  public void ask(int round, Effort effort, Samples samples) throws Exception {
    int count = items(effort);
    try (Scratch folder = new Scratch()) {
      // a JVM only where its heap matters: that they start, MemorySoak shows
      double through =
          effort == Effort.SMOKE
              ? HeapLoad.run(folder.file("queue.db"), count)
              : inChild(folder, count);
      String setting = String.format(Locale.ROOT, "-Xmx64m, %,d items of 200 B, NORMAL", count);
      new Figures(samples, name(), setting, base(), round).add("through", "items/s", through);
    }
  }

  private static double inChild(Scratch folder, int count) throws Exception {
    JavaCommand java = JavaCommand.in(folder).with("-Xmx64m", "-XX:+ExitOnOutOfMemoryError");
    Values settings = Values.of(folder.file("queue.db")).with("items", count);
    return Children.alone(java, HeapLoad.class, settings, LIMIT).rate("through");
  }

  private static int items(Effort effort) {
    return switch (effort) {
      case SMOKE -> 200;
      case QUICK -> 50_000;
      case FULL -> 1_000_000;
    };
  }
}
