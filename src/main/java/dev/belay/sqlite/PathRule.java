package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.Normalizer;

/**
 * Checks that a path can name a store, and resolves it to a file. Stateless, safe for use by many
 * threads.
 *
 * <p>SQLite reads a name as UTF-8 and appends suffixes to it. So the name must mean the same file
 * to Java and to SQLite, and must leave room for the suffixes. Everything is checked before
 * anything is created.
 */
final class PathRule {
  /** The bytes of the longest suffix that SQLite appends: {@code -journal}. */
  private static final int SUFFIX_BYTES = 8;

  /** Linux and macOS allow 255 bytes for one name in a folder. */
  private static final int NAME_BYTES_MAX = 255 - SUFFIX_BYTES;

  /** SQLite allows 512 bytes for a path (MAX_PATHNAME in os_unix.c). */
  private static final int PATH_BYTES_MAX = 512 - SUFFIX_BYTES;

  /** The number of symbolic links that Linux follows. */
  private static final int LINKS_MAX = 40;

  private PathRule() {}

  /**
   * Returns the file that {@code path} means: absolute, without symbolic links, whether the file
   * exists or not. If its folder does not exist, returns the path as it was given, made absolute.
   *
   * @throws IllegalArgumentException if the path is empty or of another file system
   * @throws StoreException if no store can be kept under that name
   */
  static Path realFile(Path path) {
    if (path.toString().isEmpty()) {
      throw new IllegalArgumentException("the path of the store is empty");
    }
    if (path.getFileSystem() != FileSystems.getDefault()) {
      throw new IllegalArgumentException(
          path + ": is a path of " + path.getFileSystem() + ", a store is a file of the host");
    }
    Path absolute = path.toAbsolutePath();
    requireSameName(absolute, isSameName(absolute) && isSameFolder(path, absolute));
    Path real = resolved(absolute);
    requireSameName(real, isSameName(real));
    requireRoom(real);
    return real;
  }

  private static Path resolved(Path absolute) {
    Path file = absolute;
    try {
      for (int links = 0; links <= LINKS_MAX; links++) {
        Path folder = file.getParent();
        Path name = file.getFileName();
        if (folder == null || name == null) {
          return file; // the root, which is refused as a directory
        }
        Path inFolder = folder.toRealPath().resolve(name);
        if (!Files.isSymbolicLink(inFolder)) {
          return inFolder;
        }
        // Also follow a link to a file that does not exist yet: SQLite would create that file with
        // its own mode.
        file = inFolder.resolveSibling(Files.readSymbolicLink(inFolder));
      }
    } catch (NoSuchFileException e) {
      return file; // refused later, because its folder does not exist
    } catch (IOException e) {
      throw new StoreException(absolute + ": cannot be examined", e);
    }
    throw new StoreException(absolute + ": has too many symbolic links, or they form a loop", null);
  }

  /**
   * Requires that the text of {@code path} is the name of the file. If the JVM's encoding of file
   * names, which comes from the locale, cannot express the name, the two differ and SQLite would
   * open another file.
   */
  private static void requireSameName(Path path, boolean same) {
    if (!same) {
      throw new StoreException(
          path
              + ": this name cannot be written in the encoding of file names of this JVM ("
              + System.getProperty("sun.jnu.encoding")
              + "); start it in a UTF-8 locale (LC_ALL=C.UTF-8), or give the file another name",
          null);
    }
  }

  /**
   * Returns whether the folder of {@code absolute} is the folder that {@code path} means. The name
   * of the working directory, too, may be one that this JVM cannot express.
   */
  private static boolean isSameFolder(Path path, Path absolute) {
    Path folder = absolute.getParent();
    if (path.isAbsolute() || folder == null) {
      return true;
    }
    Path working = Path.of("").toAbsolutePath();
    Path asGiven = path.getParent() == null ? Path.of(".") : path.getParent();
    try {
      return Files.exists(working)
          && (!Files.exists(asGiven)
              || (Files.exists(folder) && Files.isSameFile(asGiven, folder)));
    } catch (IOException e) {
      throw new StoreException(absolute + ": cannot be examined", e);
    }
  }

  private static boolean isSameName(Path path) {
    String text = path.toString();
    try {
      if (text.indexOf('\uFFFD') >= 0 || !Path.of(text).equals(path)) {
        return false;
      }
    } catch (InvalidPathException e) {
      return false;
    }
    if (!hasBytes(path)) {
      return true; // Windows: names are text, not bytes
    }
    // macOS accepts two encodings of an accented letter for the same file.
    return normal(bytesOf(path)).equals(normal(text));
  }

  private static String normal(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  /**
   * Returns the bytes of the name, read as UTF-8. They come from the URI of the path, which is made
   * from its bytes.
   */
  private static String bytesOf(Path path) {
    byte[] raw = path.toUri().getRawPath().getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%') {
        bytes.write(Character.digit(raw[i + 1], 16) << 4 | Character.digit(raw[i + 2], 16));
        i += 2;
      } else {
        bytes.write(raw[i]);
      }
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    boolean ofDirectory = text.length() > 1 && text.endsWith("/");
    return ofDirectory ? text.substring(0, text.length() - 1) : text;
  }

  private static void requireRoom(Path real) {
    Path name = real.getFileName();
    if (!hasBytes(real) || name == null) {
      return;
    }
    requireLength(real, "its name", bytes(name), NAME_BYTES_MAX);
    requireLength(real, "its path without symbolic links", bytes(real), PATH_BYTES_MAX);
  }

  private static void requireLength(Path real, String what, int bytes, int bytesMax) {
    if (bytes > bytesMax) {
      throw new StoreException(
          real
              + ": "
              + what
              + " has "
              + bytes
              + " bytes, at most "
              + bytesMax
              + " leave room for the names of -wal, -shm and -journal",
          null);
    }
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static boolean hasBytes(Path path) {
    return path.getFileSystem().getSeparator().equals("/");
  }
}
