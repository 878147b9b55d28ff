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
 * The identity of the files that a store has opened, which shows when other files have their names.
 * Safe for use by many threads.
 *
 * <p>SQLite continues to write to a file that was deleted or replaced: its commits are acknowledged
 * and lost. Therefore the file keys (device and inode) of the database, {@code -wal} and {@code
 * -shm} are compared with those of the opened files. None of the three keys changes while a
 * connection of the store is open, unless a process deletes, renames or replaces the file. A copy
 * into the same file cannot be noticed.
 *
 * <p>A check usually costs one {@code stat}, of the folder: as long as the time of its last change
 * is the same, so are its names. The files are also checked in two cases:
 *
 * <ul>
 *   <li>for some seconds after a change of the folder, because a file system may record the same
 *       time for two changes;
 *   <li>once a second, because some file systems do not record that time.
 * </ul>
 */
final class FileIdentity {
  /** Longer than the coarsest time resolution of a file system. */
  private static final long SETTLES_NANOS = TimeUnit.SECONDS.toNanos(3);

  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int LOOKS = 3;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /**
   * A state of the folder, first seen at {@code firstNanos}; at {@code filesNanos} the files were
   * checked.
   */
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
  private @Nullable Object walKey;
  private @Nullable Object indexKey;
  private volatile boolean on;
  private volatile boolean replaced;
  private volatile @Nullable Seen seen;

  private FileIdentity(SqliteFile file, @Nullable Object key) {
    this.file = file;
    this.key = key;
  }

  /**
   * Refuses a file if the database or the WAL was deleted and the WAL index ({@code -shm}) was not.
   * A process that still has all three open continues to use the index, which would direct other
   * processes to frames that a new WAL does not have.
   *
   * <p>SQLite creates the index last and deletes it first, so this state does not occur during a
   * normal open or close. The exception is a new index that got the inode number of the one before
   * it; therefore the check is repeated a few times.
   */
  static void requireWholeWal(SqliteFile file) {
    try {
      for (int look = 0; look < LOOKS; look++) {
        Object index = keyOf(file.walIndex());
        if (index == null || (hasWal(file) && hasPages(file)) || isOther(file.walIndex(), index)) {
          return;
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    } catch (IOException e) {
      throw new StoreException(file + ": cannot be examined", e);
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

  private static boolean hasWal(SqliteFile file) {
    return Files.exists(file.wal(), LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean hasPages(SqliteFile file) {
    return file.real().toFile().length() > 0;
  }

  /**
   * Returns the identity of a file that is about to be opened. It notices no change before {@link
   * #opened}.
   */
  static FileIdentity before(SqliteFile file) {
    try {
      return new FileIdentity(file, keyOf(file.real()));
    } catch (IOException e) {
      throw new StoreException(file + ": cannot be examined", e);
    }
  }

  /**
   * Returns the file's key; null if there is none, on Windows or because the file does not exist.
   */
  @Nullable Object key() {
    return key;
  }

  /**
   * Starts noticing changes, once a connection has been opened, has read, and stays open. Has no
   * effect where there are no file keys.
   *
   * @return false if the file under the name is not the one that had it before the open
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
      walKey = keyOf(file.wal());
      indexKey = keyOf(file.walIndex());
      on = true;
      return true;
    } catch (IOException e) {
      throw new StoreException(file + ": cannot be examined", e);
    }
  }

  /**
   * Returns whether the file, its WAL or its WAL index was deleted, moved or replaced. Once true,
   * it stays true.
   */
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
      replaced = true; // the folder no longer exists
    } catch (IOException e) {
      return false; // unknown here; a read or write will show it
    }
    return replaced;
  }

  private boolean differs() throws IOException {
    return isOther(file.real(), key)
        || isOther(file.wal(), walKey)
        || isOther(file.walIndex(), indexKey);
  }

  private static boolean isOther(Path path, @Nullable Object opened) throws IOException {
    return opened != null && !opened.equals(keyOf(path));
  }

  /**
   * Returns whether another process may rely on the files that have the names now. Then the store
   * must neither checkpoint the WAL nor delete {@code -wal}, which the last connection does by name
   * when it is closed. Otherwise a normal close saves the frames that are only in the WAL.
   */
  boolean mustKeepWal() {
    if (!isReplaced()) {
      return false;
    }
    try {
      return isOther(file.real(), key)
          || isTaken(file.wal(), walKey)
          || isTaken(file.walIndex(), indexKey);
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean isTaken(Path path, @Nullable Object opened) throws IOException {
    Object now = keyOf(path);
    return now != null && !now.equals(opened);
  }

  /**
   * Throws if {@code identity} {@link #isReplaced}. A null {@code identity}, of a store in memory,
   * passes.
   */
  static void require(@Nullable FileIdentity identity) {
    if (identity != null && identity.isReplaced()) {
      throw identity.failure();
    }
  }

  /** Returns the failure of every call of a store whose files were replaced. */
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
