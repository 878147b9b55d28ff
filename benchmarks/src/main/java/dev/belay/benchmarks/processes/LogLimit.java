package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Ends a measurement when the log has become too large for a disk that others use too. Safe for use
 * by many threads.
 *
 * <p>Whoever asks often looks at the file only every 50 ms, with {@code stat}: no descriptor is
 * opened.
 */
final class LogLimit {
  /** The setting of a task: in MiB, 0 for none. */
  static final String SETTING = "logMaxMiB";

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Path log;
  private final long maxBytes;
  private volatile long lookedNanos = System.nanoTime();
  private volatile boolean passed;

  LogLimit(Values settings) {
    this.log = settings.file().resolveSibling(settings.file().getFileName() + "-wal");
    this.maxBytes = (long) settings.number(SETTING) << 20;
  }

  Path log() {
    return log;
  }

  /** Whether the log has been larger by {@code nanos}, which is now. */
  boolean isPassed(long nanos) throws IOException {
    if (maxBytes > 0 && !passed && nanos - lookedNanos >= LOOK_NANOS) {
      lookedNanos = nanos;
      if (Files.size(log) > maxBytes) {
        passed = true;
      }
    }
    return passed;
  }
}
