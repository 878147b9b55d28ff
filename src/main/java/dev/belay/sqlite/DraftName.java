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
 * The names of the files in which backups come into being, and the deletion of those that a killed
 * process has left. Stateless, safe for use by many threads.
 *
 * <p>A name says which process made the file: {@code .belay-PROCESS-RANDOM.backup}. A file is
 * abandoned if that process has certainly ended (see {@link ProcessMark}), or, where that cannot be
 * determined, if nothing has been written to it for a day: a copy is written all the time.
 */
final class DraftName {
  static final String SUFFIX = ".backup";

  private static final Duration ABANDONED = Duration.ofDays(1);

  private static final Pattern NAME =
      Pattern.compile("\\.belay-(" + ProcessMark.PATTERN + ")-[0-9a-f]{12}\\.backup(-\\w+)?");

  private DraftName() {}

  /** A new one. */
  static String ofThisProcess() {
    String random = UUID.randomUUID().toString().substring(24); // twelve digits, all random
    return ".belay-" + ProcessMark.ofThisProcess() + "-" + random + SUFFIX;
  }

  /**
   * Deletes the abandoned files in the folder of {@code draft}, which has just been created. What
   * cannot be deleted is left to the next backup.
   */
  static void sweep(Path draft) throws IOException {
    ProcessMark own = ProcessMark.ofThisProcess();
    // compared with this file's, because only a file system knows its own clock
    FileTime now = Files.getLastModifiedTime(draft);
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(draft.resolveSibling("."), ".belay-*.backup*")) {
      for (Path file : files) {
        try {
          if (isNobodys(file, draft, own, now)) {
            Files.deleteIfExists(file);
          }
        } catch (IOException e) {
          System.getLogger("dev.belay")
              .log(System.Logger.Level.DEBUG, file + ": left by a killed backup", e);
        }
      }
    }
  }

  private static boolean isNobodys(Path file, Path draft, ProcessMark own, FileTime now)
      throws IOException {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    if (!name.matches() || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    // another user's process may be hidden from this one
    boolean ours = Files.getOwner(file).equals(Files.getOwner(draft));
    return (ours && own.knowsEnded(ProcessMark.of(name.group(1))))
        || Files.getLastModifiedTime(file).toInstant().isBefore(now.toInstant().minus(ABANDONED));
  }
}
