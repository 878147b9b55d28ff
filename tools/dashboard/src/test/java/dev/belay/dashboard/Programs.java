package dev.belay.dashboard;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The programs that a test needs. Stateless, safe for use by many threads. */
final class Programs {
  private Programs() {}

  /**
   * Returns if the program is installed. If it is not, the calling test is skipped with a reason,
   * or fails where the environment says {@code CI=true}.
   */
  static void require(String program) {
    if (Files.isExecutable(Path.of(program))) {
      return;
    }
    String missing = "this test needs the program " + program + ", which is not installed";
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(missing + "; .ci/run installs what the tests need");
    }
    Assumptions.abort(missing);
  }
}
