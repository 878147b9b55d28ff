package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.Question;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.report.Sample;
import dev.belay.benchmarks.report.Samples;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * Whether a million items go through the queue of a JVM with a heap of 64 MB, and how fast. Belongs
 * to one thread.
 *
 * <p>The producers are quicker than the workers, so most of the million stands in the file at some
 * time. A child that runs out of memory, or does an item twice or never, fails the run.
 */
public final class HeapLimit implements Question {
  private static final List<String> OPTIONS = List.of("-Xmx64m");

  /** For the list of questions. */
  public HeapLimit() {}

  @Override
  public String name() {
    return "heap";
  }

  @Override
  public String base() {
    return "belay, worker";
  }

  @Override
  public int rounds(Effort effort) {
    return 1;
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
      samples.add(new Sample(name(), setting, base(), "through", "items/s", round, through));
    }
  }

  private static double inChild(Scratch folder, int count) throws Exception {
    Properties measured =
        ChildJvm.run(
            OPTIONS,
            HeapLoad.class,
            folder.file("result"),
            folder.file("queue.db").toString(),
            Integer.toString(count));
    return Double.parseDouble(measured.getProperty("through"));
  }

  private static int items(Effort effort) {
    return switch (effort) {
      case SMOKE -> 200;
      case QUICK -> 50_000;
      case FULL -> 1_000_000;
    };
  }
}
