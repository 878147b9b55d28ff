package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.QuietLog;
import java.nio.file.Path;

/** The child of {@link HeapLimit}: sends items through Belay's queue. Belongs to its JVM. */
public final class HeapLoad implements Task {
  private static final int THREADS = 16;
  private static final int BATCH = 64;

  @Override
  public void prepare(Values settings) {
    QuietLog.warningsOnly();
  }

  @Override
  public Values run(Values settings, long startNanos) throws Exception {
    return new Values().with("through", run(settings.file(), settings.number("items")));
  }

  /** How many items a second went through. */
  static double run(Path file, int count) throws Exception {
    return new BelayWorker<Path>(Belay::open, THREADS, BATCH).run(file, count).through();
  }
}
