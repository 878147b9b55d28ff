package dev.belay.sqlite;

import dev.belay.store.StoreException;
import dev.belay.store.StoreFullException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The path under which a backup is published. Immutable, safe for use by many threads. */
final class BackupTarget {
  /** The suffixes that SQLite appends to the name of a database. */
  static final List<String> SIDECARS = List.of("-wal", "-shm", "-journal");

  private final Path path;
  private final Path folder;

  private BackupTarget(Path path, Path folder) {
    this.path = path;
    this.folder = folder;
  }

  static BackupTarget of(Path path) {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      throw new IllegalArgumentException(
          path + ": a backup is written to the default file system, not into " + path.toUri());
    }
    if (path.toString().isBlank()) {
      throw new IllegalArgumentException("the path of the backup is blank");
    }
    Path absolute = path.toAbsolutePath();
    Path folder = absolute.getParent();
    if (folder == null) {
      throw new IllegalArgumentException(path + ": is the root of a file system, not a file");
    }
    return new BackupTarget(absolute, folder);
  }

  Path path() {
    return path;
  }

  Path folder() {
    return folder;
  }

  /**
   * Fails early, before anything is copied, if the name is taken or cannot be used. The final
   * decision is made when the backup takes the name.
   *
   * @param store the file of the store; null if there is none
   */
  void requireFree(@Nullable Path store) {
    if (!Files.isDirectory(folder)) {
      throw new StoreException(path + ": its folder does not exist", null);
    }
    requireOtherThan(store);
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw taken(null);
    }
    for (String suffix : SIDECARS) {
      Path sidecar = sibling(suffix);
      if (Files.exists(sidecar, LinkOption.NOFOLLOW_LINKS)) {
        // SQLite would apply the sidecar of another database to the backup and damage it.
        throw new StoreException(
            path + ": " + sidecar.getFileName() + " exists; move it away or take another name",
            null);
      }
    }
  }

  private void requireOtherThan(@Nullable Path store) {
    if (store == null) {
      return;
    }
    String name = String.valueOf(path.getFileName());
    String storeName = String.valueOf(store.getFileName());
    boolean named =
        name.equals(storeName)
            || SIDECARS.stream().anyMatch(suffix -> name.equals(storeName + suffix));
    Path storeFolder = store.getParent();
    try {
      if (named && storeFolder != null && Files.isSameFile(folder, storeFolder)) {
        throw new StoreException(path + ": is a file of the store itself", null);
      }
    } catch (IOException e) {
      throw new StoreException(path + ": cannot be examined", e);
    }
  }

  /** Returns the failure of a backup whose name another file has. */
  StoreException taken(@Nullable IOException cause) {
    return new StoreException(path + ": exists; a backup replaces nothing", cause);
  }

  /** Returns the failure for an error that the file system reported. */
  StoreException failure(String title, IOException e) {
    try {
      if (Files.getFileStore(folder).getUsableSpace() == 0) {
        return new StoreFullException(title + ": no room left, nothing was kept", e);
      }
    } catch (IOException second) {
      e.addSuppressed(second);
    }
    return new StoreException(title + ": failed, nothing was kept", e);
  }

  private Path sibling(String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
