package dev.belay.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * The check for programs of the operating system that a test needs. Stateless, safe for use by many
 * threads.
 */
public final class Programs {
  private Programs() {}

  /**
   * Returns if {@code program} is on the path, or exists if it is a path itself. If it is not, the
   * calling test is skipped with a reason, or fails where the environment says {@code CI=true}: a
   * build that decides about a change must not pass because of what its machine lacks.
   */
  public static void require(String program) {
    require(program, System.getenv());
  }

  static void require(String program, Map<String, String> environment) {
    if (isOnPath(program, environment.getOrDefault("PATH", ""))) {
      return;
    }
    String missing = "this test needs the program " + program + ", which is not installed";
    if ("true".equals(environment.get("CI"))) {
      throw new AssertionError(missing + "; .ci/run installs what the tests need");
    }
    Assumptions.abort(missing);
  }

  private static boolean isOnPath(String program, String path) {
    if (program.contains(File.separator)) {
      return Files.isExecutable(Path.of(program));
    }
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
