package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Which files a store has opened, so that it notices when others have their names. Safe for use by
 * many threads.
 *
 * <p>SQLite goes on writing to a file that was deleted or replaced: what it commits is acknowledged
 * and lost. The file keys (device and inode) of the database, {@code -wal} and {@code -shm} are
 * compared with those of the open ones. None of the three changes while a connection of the store
 * is open, unless a process deletes, renames or replaces it. A copy into the same file cannot be
 * noticed.
 *
 * <p>A look costs one {@code stat}, of the folder: while the time of its last change is the same,
 * its names are. Only for some seconds after a change, and once a second, the files are looked at
 * too; the first because a file system may give one time to two changes, the second because some
 * keep no such time.
 */
final class FileIdentity {
  /** Longer than the coarsest time of a file system. */
  private static final long SETTLES_NANOS = TimeUnit.SECONDS.toNanos(3);

  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int LOOKS = 3;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** The folder as it was, first at {@code firstNanos}; at {@code filesNanos} all was well. */
  private record Seen(@Nullable Object folder, FileTime changed, long firstNanos, long filesNanos) {
    boolean isStill(@Nullable Object folderNow, FileTime changedNow) {
      return changed.equals(changedNow) && Objects.equals(folder, folderNow);
    }

    boolean isTrusted(long nowNanos) {
      return filesNanos - firstNanos > SETTLES_NANOS && nowNanos - filesNanos < FRESH_NANOS;
    }
  }

  private final SqliteFile file;
  private final @Nullable Object key;
  private @Nullable Object logKey;
  private @Nullable Object indexKey;
  private volatile boolean on;
  private volatile boolean replaced;
  private volatile @Nullable Seen seen;

  private FileIdentity(SqliteFile file, @Nullable Object key) {
    this.file = file;
    this.key = key;
  }

  /**
   * Refuses a file that was deleted, or whose log was, while the index of the log is there: a
   * process that has all of them open goes on using the index, which would send others to places
   * that a new log does not have.
   *
   * <p>SQLite creates the index last and deletes it first, so that one never sees this by chance,
   * but for an index that got the number of the one before it; so it is looked at a few times.
   */
  static void requireWholeLog(SqliteFile file) {
    try {
      for (int look = 0; look < LOOKS; look++) {
        Object index = keyOf(file.logIndex());
        if (index == null || (hasLog(file) && hasPages(file)) || isOther(file.logIndex(), index)) {
          return;
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    } catch (IOException e) {
      throw new StoreException(file + ": cannot be looked at", e);
    }
    String deleted = hasPages(file) ? "its -wal was deleted" : "its database was deleted";
    throw new StoreException(
        file
            + ": "
            + deleted
            + " and its -shm was not. Close the store in all processes that have it open; if none"
            + " has, move -shm and what is left of -wal away",
        null);
  }

  private static boolean hasLog(SqliteFile file) {
    return Files.exists(file.log(), LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean hasPages(SqliteFile file) {
    return file.real().toFile().length() > 0;
  }

  /** Of a file that is about to be opened. Notices nothing yet. */
  static FileIdentity before(SqliteFile file) {
    try {
      return new FileIdentity(file, keyOf(file.real()));
    } catch (IOException e) {
      throw new StoreException(file + ": cannot be looked at", e);
    }
  }

  /** The file's key, or null if there is none: on Windows, or because the file does not exist. */
  @Nullable Object key() {
    return key;
  }

  /**
   * A connection has been opened, has read, and stays open: from now on changes are noticed, unless
   * there are no file keys here.
   *
   * @return false if the file under the name is not the one from before it was opened
   */
  boolean opened() {
    try {
      Object after = keyOf(file.real());
      if (key == null) {
        return after == null;
      }
      if (!key.equals(after)) {
        return false;
      }
      logKey = keyOf(file.log());
      indexKey = keyOf(file.logIndex());
      on = true;
      return true;
    } catch (IOException e) {
      throw new StoreException(file + ": cannot be looked at", e);
    }
  }

  /** Whether the file, its log or the index of it was deleted, moved or replaced. Stays true. */
  boolean isReplaced() {
    if (!on || replaced) {
      return replaced;
    }
    long now = System.nanoTime();
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file.folder(), BasicFileAttributes.class);
      Object folder = attributes.fileKey();
      FileTime changed = attributes.lastModifiedTime();
      Seen last = seen;
      long first = now;
      if (last != null && last.isStill(folder, changed)) {
        if (last.isTrusted(now)) {
          return false;
        }
        first = last.firstNanos();
      }
      if (differs()) {
        replaced = true;
      }
      seen = new Seen(folder, changed, first, now);
    } catch (NoSuchFileException e) {
      replaced = true; // the folder has gone
    } catch (IOException e) {
      return false; // unknown here; a read or write will show it
    }
    return replaced;
  }

  private boolean differs() throws IOException {
    return isOther(file.real(), key)
        || isOther(file.log(), logKey)
        || isOther(file.logIndex(), indexKey);
  }

  private static boolean isOther(Path path, @Nullable Object opened) throws IOException {
    return opened != null && !opened.equals(keyOf(path));
  }

  /**
   * Whether another process may rely on the files that have the names now. Then the log must not be
   * moved, nor {@code -wal} deleted, which the last connection does by name when it is closed.
   * Otherwise a close like any other saves what is only in the log.
   */
  boolean mustLeaveLog() {
    if (!isReplaced()) {
      return false;
    }
    try {
      return isOther(file.real(), key)
          || isTaken(file.log(), logKey)
          || isTaken(file.logIndex(), indexKey);
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean isTaken(Path path, @Nullable Object opened) throws IOException {
    Object now = keyOf(path);
    return now != null && !now.equals(opened);
  }

  /** Fails if there is a file that {@link #isReplaced}. */
  static void require(@Nullable FileIdentity identity) {
    if (identity != null && identity.isReplaced()) {
      throw identity.failure();
    }
  }

  /** The failure of whatever is asked of a store whose files were replaced. */
  StoreException failure() {
    return new StoreException(
        file
            + ": the file, its -wal or its -shm was deleted, moved or replaced while this store was"
            + " open. Close the store and open it again. To restore a backup, stop all processes"
            + " that have the file open, delete -wal and -shm, and only then put it in place",
        null);
  }

  private static @Nullable Object keyOf(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
