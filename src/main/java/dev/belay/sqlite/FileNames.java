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
 * Checks that a database file has only one name. Stateless, safe for use by many threads.
 *
 * <p>SQLite finds the WAL of a file by the file's name. Two processes that open one file under two
 * names (hard links, or a mount of the single file) have two WALs, and each loses the other's
 * commits. Symbolic links are harmless: SQLite follows them first.
 */
final class FileNames {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final int MOUNT_POINT_FIELD = 4;
  private static final String LINK_COUNT = "unix:nlink";
  private static final long PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private FileNames() {}

  /**
   * Refuses a file that has a second name. A second hard link is refused only if it still exists
   * after the busy timeout, because a backup program may create such a link for a moment. On a
   * platform that reports neither links nor mounts, no file is refused.
   *
   * @throws StoreException if there is a second name; if {@code settings} allow it, a warning is
   *     logged instead
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
            + ". Under each name SQLite would keep another WAL, and processes that use different"
            + " names would lose each other's commits";
    if (!settings.options().sharedNames()) {
      throw new StoreException(
          message + ". BelayOptions.withSharedNames(true) opens it anyway", null);
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
      throw new StoreException(file + ": cannot be examined", e);
    }
  }

  private static int linkCount(Path real) throws IOException {
    try {
      return (Integer) Files.getAttribute(real, LINK_COUNT);
    } catch (NoSuchFileException e) {
      return 0; // SQLite will create the file
    }
  }

  /**
   * Returns whether the file is a mount point, decided by its name. Device numbers do not tell:
   * they differ within one folder of an overlay, and are equal on a bind mount.
   */
  private static boolean isMountPoint(SqliteFile file) {
    String mounts;
    try {
      mounts = Files.readString(MOUNTS, StandardCharsets.ISO_8859_1); // one character per byte
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
   * Returns {@code field} without the kernel's escapes: it writes a space, tab, line feed or
   * backslash as a backslash and three octal digits.
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
