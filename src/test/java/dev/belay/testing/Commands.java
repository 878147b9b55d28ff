package dev.belay.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The commands of this machine that a test may use. Stateless, safe for use by many threads.
 *
 * <p>Some tests need rights that only the superuser of a Linux machine has; elsewhere they are
 * skipped with a reason.
 */
public final class Commands {
  private Commands() {}

  /**
   * Returns the prefix that runs a command without the superuser's right to ignore file
   * permissions. It is empty for an ordinary user, who has no such right.
   */
  public static List<String> obeyingPermissions() {
    if ("root".equals(System.getProperty("user.name"))) {
      Programs.require("setpriv");
    }
    List<String> without =
        List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner");
    return succeeds(without, "true") ? without : List.of();
  }

  /** Returns whether {@code command}, started through {@code wrapper}, succeeds. */
  public static boolean succeeds(List<String> wrapper, String... command) {
    List<String> line = new ArrayList<>(wrapper);
    line.addAll(List.of(command));
    try {
      Process process =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // there is no such command here
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while trying " + line, e);
    }
  }
}
