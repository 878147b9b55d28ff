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
 * Which paths can name a store, and which file such a path means. Stateless, safe for use by many
 * threads.
 *
 * <p>SQLite takes a name as UTF-8 and appends to it. So the name must be the same file to Java and
 * to SQLite, and there must be room for what is appended. All of it is asked before anything is
 * created.
 */
final class PathRule {
  /** What SQLite appends at most: {@code -journal}. */
  private static final int SUFFIX_BYTES = 8;

  /** What Linux and macOS allow for one name of a folder. */
  private static final int NAME_BYTES_MAX = 255 - SUFFIX_BYTES;

  /** SQLite keeps a path in 512 bytes (MAX_PATHNAME in os_unix.c). */
  private static final int PATH_BYTES_MAX = 512 - SUFFIX_BYTES;

  /** As many as Linux follows. */
  private static final int LINKS_MAX = 40;

  private PathRule() {}

  /**
   * Returns the file that {@code path} means: absolute, without symbolic links, whether the file
   * exists or not. If its folder does not exist, the path as it was given, made absolute.
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
        // also a link to a file that does not exist yet: SQLite would create it with its own mode
        file = inFolder.resolveSibling(Files.readSymbolicLink(inFolder));
      }
    } catch (NoSuchFileException e) {
      return file; // refused when its folder is looked for
    } catch (IOException e) {
      throw new StoreException(absolute + ": cannot be looked at", e);
    }
    throw new StoreException(absolute + ": its symbolic links lead nowhere", null);
  }

  /**
   * Requires that the text of {@code path} is its name. It is not where the JVM's encoding of file
   * names (the locale's) cannot express the name: SQLite would open a file of another name.
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

  /** The name of the working folder, too, may be one that this JVM cannot write. */
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
      throw new StoreException(absolute + ": cannot be looked at", e);
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
      return true; // Windows, whose names are text
    }
    // macOS knows two spellings of one accented letter for one file
    return normal(bytesOf(path)).equals(normal(text));
  }

  private static String normal(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  /** The bytes of the name, as UTF-8: a URI of a path is made of its bytes. */
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
