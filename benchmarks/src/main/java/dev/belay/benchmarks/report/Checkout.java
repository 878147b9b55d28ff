package dev.belay.benchmarks.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The commit that the working directory has checked out. Stateless.
 *
 * <p>The measured jar is that commit's if it was installed from there; a jar of its own knows only
 * its version.
 */
final class Checkout {
  private static final long LIMIT_SECONDS = 10;

  private Checkout() {}

  /**
   * As in {@code 1ec7957}, followed by {@code dirty} if a file differs from it; empty where there
   * is no git or no checkout.
   */
  static Optional<String> commit() throws IOException {
    Optional<String> commit = git("rev-parse", "--short", "HEAD");
    boolean dirty = git("status", "--porcelain").filter(changed -> !changed.isEmpty()).isPresent();
    return commit.map(id -> dirty ? id + " dirty" : id);
  }

  /** What git says, empty if it fails or is not there. */
  private static Optional<String> git(String... arguments) throws IOException {
    String[] command = new String[arguments.length + 1];
    command[0] = "git";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    // into a file, so that a git that hangs can be waited for no longer than the limit
    Path said = Files.createTempFile("belay-checkout-", ".txt");
    try {
      return run(new ProcessBuilder(command), said)
          ? Optional.of(Files.readString(said, StandardCharsets.UTF_8).strip())
          : Optional.empty();
    } finally {
      Files.delete(said);
    }
  }

  private static boolean run(ProcessBuilder git, Path said) throws IOException {
    Process process;
    try {
      process =
          git.redirectOutput(said.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      System.err.println("no git, so no commit among the versions: " + e.getMessage());
      return false;
    }
    try {
      return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      process.destroyForcibly();
    }
  }
}
