package dev.belay.sqlite;

import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import dev.belay.store.StoreReadOnlyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The path of a database file, with its WAL and WAL index. Immutable, safe for use by many threads.
 *
 * <p>Java code never opens the file, except under a name that no connection can know: when a
 * process closes any descriptor of a file, POSIX drops all locks of the process on it.
 *
 * @see <a href="https://www.sqlite.org/howtocorrupt.html">How To Corrupt, 2.2</a>
 */
final class SqliteFile {
  private final Path given;
  private final Path real;

  private SqliteFile(Path given, Path real) {
    this.given = given;
    this.real = real;
  }

  /**
   * Returns the file that {@code path} means now. A link that changes later does not change it.
   *
   * @throws IllegalArgumentException if the path is empty or of another file system
   * @throws StoreException if no store can be kept under that name
   */
  static SqliteFile of(Path path) {
    Path real = PathRule.realFile(path);
    return new SqliteFile(path.toAbsolutePath(), real);
  }

  /** Returns the path of the file, absolute and without symbolic links. */
  Path real() {
    return real;
  }

  /** Returns the path of the WAL, beside the file. */
  Path wal() {
    return beside("-wal");
  }

  /** Returns the path of the WAL index, which all processes share. */
  Path walIndex() {
    return beside("-shm");
  }

  private Path beside(String suffix) {
    return real.resolveSibling(real.getFileName() + suffix);
  }

  /**
   * Returns the file as a URI, which the driver passes on unchanged. In a plain name, {@code ?}
   * would start the driver's parameters, and {@code :memory:} would not be a file.
   *
   * @see <a href="https://www.sqlite.org/uri.html">Uniform Resource Identifiers</a>
   */
  String uri() {
    // Only the separator is replaced: on other systems a backslash is part of a name.
    String name = real.toString().replace(real.getFileSystem().getSeparator(), "/");
    StringBuilder uri = new StringBuilder("file:");
    if (!name.startsWith("/")) {
      uri.append('/'); // a Windows drive letter
    }
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || "/._-~:".indexOf(c) >= 0)) {
        uri.append(c);
      } else {
        uri.append('%')
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      }
    }
    return uri.toString();
  }

  /**
   * Fails early and with a clear message where SQLite would only report that it cannot open the
   * file.
   */
  void requireReadable() {
    requireUsable();
    if (!Files.exists(real)) {
      throw new StoreException(given + ": does not exist", null);
    }
  }

  /**
   * As {@link #requireReadable}, for a file that is to be written and may not exist yet. SQLite
   * itself would open a write-protected file for reading only, and report that at the first write.
   *
   * @throws StoreReadOnlyException if the file, its WAL or its WAL index may not be written
   */
  void requireWritable() {
    requireUsable();
    boolean complete = true;
    for (Path file : new Path[] {real, wal(), walIndex()}) {
      // A symbolic link in place of a sidecar counts as existing, wherever it leads.
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        complete = false;
      } else if (!Files.isWritable(file)) {
        throw notWritable(file.getFileName() + " may not be written by this user, or not here");
      }
    }
    // If another process has created all three, nothing has to be created.
    if (!complete && !Files.isWritable(folder())) {
      throw notWritable("its folder may not be written by this user, or not here");
    }
  }

  private StoreReadOnlyException notWritable(String what) {
    return new StoreReadOnlyException(
        given + ": " + what + "; a store that is only read is opened with openReadOnly", null);
  }

  private void requireUsable() {
    if (Files.isDirectory(real)) {
      throw new StoreException(given + ": is a directory, not a store", null);
    }
    if (Files.exists(real) && !Files.isReadable(real)) {
      throw new StoreException(given + ": may not be read by this user", null);
    }
    Path folder = real.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new StoreException(given + ": its folder does not exist", null);
    }
    if (hasOneByte()) {
      // SQLite takes it for an empty database and would overwrite it.
      throw new StoreCorruptException(given + ": not a database", null);
    }
  }

  private boolean hasOneByte() {
    try {
      return Files.exists(real) && Files.size(real) == 1;
    } catch (IOException e) {
      throw new StoreException(given + ": cannot be examined", e);
    }
  }

  /** Returns the folder. It exists once the file has been found usable. */
  Path folder() {
    Path folder = real.getParent();
    if (folder == null) {
      throw new StoreException(given + ": has no folder", null);
    }
    return folder;
  }

  /** Returns the path as it was given, made absolute, for messages. */
  @Override
  public String toString() {
    return given.toString();
  }
}
