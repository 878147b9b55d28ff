package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The draft of a backup: the file that receives the copy, beside the target. Belongs to the thread
 * that makes the backup.
 *
 * <p>Unlike a store, it may be opened through Java once the copy is made: no connection to it is
 * open any more, and no other process knows its name.
 */
final class BackupDraft implements AutoCloseable {
  private final BackupTarget target;
  private final Path path;

  private BackupDraft(BackupTarget target, Path path) {
    this.target = target;
    this.path = path;
  }

  /**
   * Creates an empty draft that only its owner can read, and deletes the drafts of killed backups
   * there.
   */
  static BackupDraft beside(BackupTarget target) throws IOException {
    Path path = target.folder().resolve(DraftName.ofThisProcess());
    Files.createFile(path, ownerOnly(path));
    BackupDraft draft = new BackupDraft(target, path);
    try {
      DraftName.sweep(path);
      return draft;
    } catch (Throwable e) {
      draft.closeAfter(e);
      throw e;
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path path) {
    return isPosix(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  SqliteFile file() {
    return SqliteFile.of(path);
  }

  /**
   * Gives the draft the target's name. Afterwards both the content and the name are on the disk.
   */
  void publish(BackupRun run) throws IOException {
    for (String suffix : BackupTarget.SIDECARS) {
      if (Files.exists(sidecar(suffix), LinkOption.NOFOLLOW_LINKS)) {
        throw new StoreException(
            run.title() + ": the copy is not complete without its " + suffix, null);
      }
    }
    force(path, StandardOpenOption.WRITE);
    target.requireFree(null); // again: the copy may have taken long
    run.throwIfCancelled();
    try {
      link();
    } catch (FileAlreadyExistsException e) {
      throw target.taken(e);
    }
    try {
      if (isPosix(path)) {
        force(target.folder(), StandardOpenOption.READ);
      }
    } catch (Throwable e) {
      Files.delete(target.path()); // the link that was created above
      throw e;
    }
  }

  /** Links instead of renaming: a link never replaces an existing file, a rename would. */
  private void link() throws IOException {
    try {
      Files.createLink(target.path(), path);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      Files.move(path, target.path()); // a file system without hard links
    }
  }

  /** Syncs a file or folder. An interrupt does not stop it; the flag is set again afterwards. */
  private static void force(Path path, StandardOpenOption option) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (!tryForce(path, option)) {
        interrupted = true;
        boolean unused = Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean tryForce(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }

  private Path sidecar(String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Deletes the draft. A published backup keeps its own name. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
    for (String suffix : BackupTarget.SIDECARS) {
      Files.deleteIfExists(sidecar(suffix));
    }
  }
}
