package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Creates an empty database file with its mode, so that it never exists under its name without that
 * mode. Stateless, safe for use by many threads and processes.
 *
 * <ol>
 *   <li>The file is created under the name of a draft.
 *   <li>It gets a hard link under its own name.
 *   <li>The draft is deleted.
 * </ol>
 *
 * <p>Creating the file in place would hold a descriptor of it for a moment. Closing that descriptor
 * would drop the locks of a connection that another thread opened at the same moment.
 */
final class FileDraft {
  private static final String PREFIX = ".belay-";
  private static final String SUFFIX = ".new";

  private FileDraft() {}

  /**
   * Creates the file unless it exists. If {@code ownerOnly}, only the owner can read and write it;
   * otherwise it has the mode that SQLite would give it. SQLite gives its {@code -wal} and {@code
   * -shm} the same mode. On a file system without such modes this does nothing and SQLite creates
   * the file.
   */
  static void create(SqliteFile file, boolean ownerOnly) {
    Path real = file.real();
    if (Files.exists(real)
        || !real.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    FileAttribute<?> mode =
        PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString(ownerOnly ? "rw-------" : "rw-r--r--"));
    try {
      Path draft = Files.createTempFile(file.folder(), PREFIX, SUFFIX, mode);
      try {
        link(real, draft, mode);
      } finally {
        Files.deleteIfExists(draft); // another opener may have swept it
      }
    } catch (FileAlreadyExistsException e) {
      return; // another process or thread was first: the file exists, as wanted
    } catch (IOException e) {
      throw new StoreException(file + ": cannot be created", e);
    }
  }

  private static void link(Path real, Path draft, FileAttribute<?> mode) throws IOException {
    try {
      Files.createLink(real, draft);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      Files.createFile(real, mode); // a file system without hard links
    }
  }

  /**
   * Deletes the drafts that are second names of {@code file}, of a new store or of a backup. Their
   * process was killed between the link and the deletion, or is between them now.
   */
  static void sweep(SqliteFile file) throws IOException {
    Object key = keyOf(file.real());
    if (key == null) {
      return;
    }
    try (DirectoryStream<Path> drafts =
        Files.newDirectoryStream(
            file.folder(), PREFIX + "*{" + SUFFIX + "," + DraftName.SUFFIX + "}")) {
      for (Path draft : drafts) {
        if (!draft.equals(file.real()) && key.equals(keyOf(draft))) {
          Files.deleteIfExists(draft);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static @Nullable Object keyOf(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException e) {
      return null; // its own process has deleted it
    }
  }
}
