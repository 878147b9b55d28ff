package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.peer.QuietLog;
import java.nio.file.Path;
import java.util.Properties;

/** The child of {@link HeapLimit}: sends items through Belay's queue. Belongs to its JVM. */
public final class HeapLoad {
  private static final int THREADS = 16;
  private static final int BATCH = 64;

  private HeapLoad() {}

  /** Takes the file to report to, the file to open, and how many items. */
  public static void main(String[] arguments) throws Exception {
    QuietLog.warningsOnly();
    int count = Integer.parseInt(arguments[2]);
    Properties measured = new Properties();
    measured.setProperty("through", Double.toString(run(Path.of(arguments[1]), count)));
    ChildJvm.report(Path.of(arguments[0]), measured);
  }

  /** How many items a second went through. */
  static double run(Path file, int count) throws Exception {
    return QueueDrive.run(new BelayWorker(THREADS, BATCH), file, count).through();
  }
}
