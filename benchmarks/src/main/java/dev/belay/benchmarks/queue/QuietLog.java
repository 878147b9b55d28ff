package dev.belay.benchmarks.queue;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps what libraries chat about out of a child's output; warnings still show. */
final class QuietLog {
  private QuietLog() {}

  static void warningsOnly() {
    Logger.getLogger("").setLevel(Level.WARNING);
  }
}
