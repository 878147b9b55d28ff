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
 * Where the database is. Immutable, safe for use by many threads.
 *
 * <p>The file is never opened through Java, except under a name that no connection can know: POSIX
 * drops all locks of a process on a file when it closes any descriptor of it.
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
   * The file that {@code path} means now; links that are changed later do not change it.
   *
   * @throws IllegalArgumentException if the path is empty or of another file system
   * @throws StoreException if no store can be kept under that name
   */
  static SqliteFile of(Path path) {
    Path real = PathRule.realFile(path);
    return new SqliteFile(path.toAbsolutePath(), real);
  }

  /** The file itself: absolute, without symbolic links. */
  Path real() {
    return real;
  }

  /** The log beside the file. */
  Path log() {
    return beside("-wal");
  }

  /** The index of the log, which all processes share. */
  Path logIndex() {
    return beside("-shm");
  }

  private Path beside(String suffix) {
    return real.resolveSibling(real.getFileName() + suffix);
  }

  /**
   * The file as a URI, which the driver takes as it is. As a plain name, {@code ?} would start the
   * driver's parameters and {@code :memory:} would be no file.
   *
   * @see <a href="https://www.sqlite.org/uri.html">Uniform Resource Identifiers</a>
   */
  String uri() {
    // Only where it separates: elsewhere a backslash is a letter of the name.
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

  /** Fails early, and clearly, where SQLite would only say that it cannot open. */
  void requireReadable() {
    requireUsable();
    if (!Files.exists(real)) {
      throw new StoreException(given + ": does not exist", null);
    }
  }

  /**
   * As {@link #requireReadable}, for a file that is to be written and may not exist yet. SQLite
   * itself would open for reading alone what may not be written, and say so at the first write.
   *
   * @throws StoreReadOnlyException if it, or what SQLite keeps beside it, may not be written
   */
  void requireWritable() {
    requireUsable();
    boolean complete = true;
    for (Path file : new Path[] {real, log(), logIndex()}) {
      // a link in the place of a sidecar exists, wherever it leads
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        complete = false;
      } else if (!Files.isWritable(file)) {
        throw notWritable(file.getFileName() + " may not be written by this user, or not here");
      }
    }
    // Another process may have made all three: then nothing is left to be created.
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
      // SQLite takes it for an empty database, and would write over it
      throw new StoreCorruptException(given + ": not a database", null);
    }
  }

  private boolean hasOneByte() {
    try {
      return Files.exists(real) && Files.size(real) == 1;
    } catch (IOException e) {
      throw new StoreException(given + ": cannot be looked at", e);
    }
  }

  /** The folder, which exists once the file has been found usable. */
  Path folder() {
    Path folder = real.getParent();
    if (folder == null) {
      throw new StoreException(given + ": has no folder", null);
    }
    return folder;
  }

  /** The path as it was given, made absolute: for messages. */
  @Override
  public String toString() {
    return given.toString();
  }
}
