package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A JVM that opens and closes the same store ten times; the median of all but the first. Belongs to
 * the main thread.
 */
public final class WarmOpens implements Task {
  private static final int OPENS = 10;

  @Override
  public Values run(Values settings, long startNanos) {
    Path file = settings.file();
    Pause.until(startNanos);
    long[] opens = new long[OPENS];
    for (int i = 0; i < OPENS; i++) {
      long start = System.nanoTime();
      Belay belay = Belay.open(file);
      opens[i] = System.nanoTime() - start;
      belay.close();
    }
    long[] warm = Arrays.copyOfRange(opens, 1, OPENS);
    Arrays.sort(warm);
    return new Values().with("warm", warm[warm.length / 2]);
  }
}
