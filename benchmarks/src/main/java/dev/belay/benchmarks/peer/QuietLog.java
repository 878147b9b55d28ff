package dev.belay.benchmarks.peer;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps what libraries chat about out of the output; warnings still show. Stateless. */
public final class QuietLog {
  private QuietLog() {}

  /** From now on, in this JVM. */
  public static void warningsOnly() {
    Logger.getLogger("").setLevel(Level.WARNING);
  }
}
