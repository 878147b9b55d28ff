package dev.belay.cli;

import java.io.IOException;
import java.nio.file.Path;

/** A process that restores and dies after one step. Stateless, safe for use by many threads. */
public final class KilledRestore {
  static final int KILLED = 137;

  private KilledRestore() {}

  /**
   * Restores.
   *
   * @param args the backup, the target, and the step to die after
   */
  public static void main(String... args) throws IOException {
    Restore.Step last = Restore.Step.valueOf(args[2]);
    new Restore(
            Path.of(args[0]),
            Path.of(args[1]),
            bytes -> {},
            step -> {
              if (step == last) {
                Runtime.getRuntime().halt(KILLED);
              }
            })
        .run();
  }
}
