package dev.belay.sqlite;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of backup drafts, and the deletion of drafts that a killed process has left. Stateless,
 * safe for use by many threads.
 *
 * <p>The name contains the process that created the file: {@code .belay-PROCESS-RANDOM.backup}. A
 * draft is abandoned if that process has certainly ended (see {@link ProcessMark}). Where that
 * cannot be determined, it is abandoned if it has not been written for a day: a running copy is
 * written all the time.
 */
final class DraftName {
  static final String SUFFIX = ".backup";

  private static final Duration ABANDONED = Duration.ofDays(1);

  private static final Pattern NAME =
      Pattern.compile("\\.belay-(" + ProcessMark.PATTERN + ")-[0-9a-f]{12}\\.backup(-\\w+)?");

  private DraftName() {}

  /** Returns a new name for a draft of this process. */
  static String ofThisProcess() {
    String random = UUID.randomUUID().toString().substring(24); // 12 hex digits, all random
    return ".belay-" + ProcessMark.ofThisProcess() + "-" + random + SUFFIX;
  }

  /**
   * Deletes the abandoned files in the folder of {@code draft}, which has just been created. What
   * cannot be deleted is left to the next backup.
   */
  static void sweep(Path draft) throws IOException {
    ProcessMark own = ProcessMark.ofThisProcess();
    // The time comes from the new draft, because only the file system knows its own clock.
    FileTime now = Files.getLastModifiedTime(draft);
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(draft.resolveSibling("."), ".belay-*.backup*")) {
      for (Path file : files) {
        try {
          if (isAbandoned(file, draft, own, now)) {
            Files.deleteIfExists(file);
          }
        } catch (IOException e) {
          System.getLogger("dev.belay")
              .log(
                  System.Logger.Level.DEBUG,
                  file + ": the draft of a killed backup cannot be deleted",
                  e);
        }
      }
    }
  }

  private static boolean isAbandoned(Path file, Path draft, ProcessMark own, FileTime now)
      throws IOException {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    if (!name.matches() || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    // A process of another user may be hidden from this one.
    boolean ours = Files.getOwner(file).equals(Files.getOwner(draft));
    return (ours && own.knowsEnded(ProcessMark.of(name.group(1))))
        || Files.getLastModifiedTime(file).toInstant().isBefore(now.toInstant().minus(ABANDONED));
  }
}
