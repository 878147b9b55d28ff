package dev.belay.sqlite;

import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where the database is. Immutable, safe for use by many threads.
 *
 * <p>The file is never opened through Java, except under a name that no connection can know: POSIX
 * drops all locks of a process on a file when it closes any descriptor of it.
 *
 * @see <a href="https://www.sqlite.org/howtocorrupt.html">How To Corrupt, 2.2</a>
 */
final class SqliteFile {
  private final Path path;

  private SqliteFile(Path path) {
    this.path = path;
  }

  static SqliteFile of(Path path) {
    if (path.toString().isEmpty()) {
      throw new IllegalArgumentException("the path of the store is empty");
    }
    return new SqliteFile(path.toAbsolutePath());
  }

  /**
   * The file as a URI, which the driver takes as it is. As a plain name, {@code ?} would start the
   * driver's parameters and {@code :memory:} would be no file.
   *
   * @see <a href="https://www.sqlite.org/uri.html">Uniform Resource Identifiers</a>
   */
  String uri() {
    // Only where it separates: elsewhere a backslash is a letter of the name.
    String name = path.toString().replace(path.getFileSystem().getSeparator(), "/");
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
  void requireUsable(boolean mustExist) {
    if (Files.isDirectory(path)) {
      throw new StoreException(path + ": is a directory, not a store", null);
    }
    if (mustExist && !Files.exists(path)) {
      throw new StoreException(path + ": does not exist", null);
    }
    if (Files.exists(path) && !Files.isReadable(path)) {
      throw new StoreException(path + ": may not be read by this user", null);
    }
    Path folder = path.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new StoreException(path + ": its folder does not exist", null);
    }
    if (hasOneByte()) {
      // SQLite takes it for an empty database, and would write over it
      throw new StoreCorruptException(path + ": not a database", null);
    }
  }

  private boolean hasOneByte() {
    try {
      return Files.exists(path) && Files.size(path) == 1;
    } catch (IOException e) {
      throw new StoreException(path + ": cannot be looked at", e);
    }
  }

  /**
   * Creates an empty file that only its owner may read and write, unless there is one. SQLite gives
   * its {@code -wal} and {@code -shm} the same mode.
   */
  void createForOwner() {
    if (Files.exists(path)
        || !path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    FileAttribute<?> ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try {
      Path folder = path.getParent();
      // A link under the real name appears at once and complete. Creating the file there would hold
      // a descriptor of it for a moment, and its close would drop the locks of a connection that
      // another thread opened in that moment.
      Path draft = Files.createTempFile(folder, ".belay-", ".new", ownerOnly);
      try {
        link(draft, ownerOnly);
      } finally {
        Files.delete(draft);
      }
    } catch (FileAlreadyExistsException e) {
      return; // another process or thread was first: the file is there, as wanted
    } catch (IOException e) {
      throw new StoreException(path + ": cannot be created", e);
    }
  }

  private void link(Path draft, FileAttribute<?> ownerOnly) throws IOException {
    try {
      Files.createLink(path, draft);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      Files.createFile(path, ownerOnly); // a file system without hard links
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
