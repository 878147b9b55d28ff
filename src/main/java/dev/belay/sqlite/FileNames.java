package dev.belay.sqlite;

import dev.belay.store.StoreException;
import dev.belay.store.StoreInterruptedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Whether a database file has one name only. Stateless, safe for use by many threads.
 *
 * <p>SQLite finds the log of a file by the file's name. Two processes that open one file under two
 * names (hard links, or a mount of the single file) have two logs, and each loses the other's
 * commits. Symbolic links do no harm: SQLite follows them first.
 */
final class FileNames {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final int MOUNT_POINT_FIELD = 4;
  private static final String LINK_COUNT = "unix:nlink";
  private static final long PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private FileNames() {}

  /**
   * Refuses a file that has a second name. A second hard link is looked for again until the busy
   * timeout, because a backup program makes such links for a moment. Where the platform can be
   * asked for neither, nothing is refused.
   *
   * @throws StoreException if there is one, unless {@code settings} allow it, which is logged
   */
  static void requireOne(SqliteFile file, OpenSettings settings) {
    String found = isMountPoint(file) ? "is a mount of this single file; mount the folder" : null;
    if (found == null) {
      long waitMs = settings.options().sharedNames() ? 0 : settings.busyTimeoutMs();
      found = secondLink(file, TimeUnit.MILLISECONDS.toNanos(waitMs));
    }
    if (found == null) {
      return;
    }
    String message =
        file
            + ": "
            + found
            + ". Under each name SQLite would keep another log, and processes that use different"
            + " names would lose each other's commits";
    if (!settings.options().sharedNames()) {
      throw new StoreException(
          message + ". BelayOptions.withSharedNames(true) opens it all the same", null);
    }
    System.getLogger("dev.belay").log(Level.WARNING, message);
  }

  private static @Nullable String secondLink(SqliteFile file, long nanosMax) {
    Path real = file.real();
    if (!real.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return null;
    }
    long start = System.nanoTime();
    try {
      while (linkCount(real) > 1) {
        FileDraft.sweep(file);
        int links = linkCount(real);
        if (links <= 1) {
          return null;
        }
        if (System.nanoTime() - start >= nanosMax) {
          return "has " + links + " hard links; delete the others, or copy the file";
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new StoreInterruptedException(file + ": interrupted while opening", null);
        }
        LockSupport.parkNanos(PARK_NANOS);
      }
      return null;
    } catch (IOException e) {
      throw new StoreException(file + ": cannot be looked at", e);
    }
  }

  private static int linkCount(Path real) throws IOException {
    try {
      return (Integer) Files.getAttribute(real, LINK_COUNT);
    } catch (NoSuchFileException e) {
      return 0; // SQLite creates it
    }
  }

  /**
   * By name alone: device numbers of one folder differ on an overlay, and agree on a bind mount.
   */
  private static boolean isMountPoint(SqliteFile file) {
    String mounts;
    try {
      mounts = Files.readString(MOUNTS, StandardCharsets.ISO_8859_1); // a letter for each byte
    } catch (NoSuchFileException e) {
      return false; // not Linux
    } catch (IOException e) {
      System.getLogger("dev.belay").log(Level.DEBUG, file + ": mounts cannot be read", e);
      return false;
    }
    String name = asBytes(file.real().toString());
    return mounts
        .lines()
        .map(line -> line.split(" ", -1))
        .filter(fields -> fields.length > MOUNT_POINT_FIELD)
        .anyMatch(fields -> unescaped(fields[MOUNT_POINT_FIELD]).equals(name));
  }

  private static String asBytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /**
   * The kernel writes blank, tab, line feed and backslash as a backslash and three octal digits.
   */
  static String unescaped(String field) {
    StringBuilder text = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + 3 < field.length()) {
        text.append((char) Integer.parseInt(field, i + 1, i + 4, 8));
        i += 3;
      } else {
        text.append(field.charAt(i));
      }
    }
    return text.toString();
  }
}
