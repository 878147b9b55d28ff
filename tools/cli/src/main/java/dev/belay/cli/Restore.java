package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.store.Finding;
import dev.belay.store.SchemaTooOldException;
import dev.belay.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * Puts a backup in the place of a store, so that a process that is killed at any instant leaves the
 * one or the other. Belongs to one thread.
 *
 * <ol>
 *   <li>The target is locked to the end: see {@link StoreLock}.
 *   <li>The target's write-ahead log is written into the target and goes: from then on the old
 *       store is one file. (A log that were deleted without that, or left beside the new file,
 *       would take the last commits of the old store, or spoil the new one.)
 *   <li>The backup is copied to a draft beside the target, and the copy is checked.
 *   <li>The draft is synced and renamed.
 * </ol>
 *
 * <p>The target is not opened through Java: closing it again would drop the locks of this process.
 */
final class Restore {
  /** What has been done. Immutable, safe for use by many threads. */
  enum Step {
    LOCKED,
    ONE_FILE,
    COPIED,
    CHECKED,
    SYNCED,
    ALONE,
    RENAMED,
    DURABLE
  }

  private static final String DRAFT = ".belay-restore-";
  private static final long CHUNK = 4L << 20;

  private final Path backup;
  private final Path target;
  private final LongConsumer copied;
  private final Consumer<Step> done;

  /**
   * Creates the restoring.
   *
   * @param copied receives the number of bytes that are copied so far
   * @param done receives each step once it is done
   */
  Restore(Path backup, Path target, LongConsumer copied, Consumer<Step> done) {
    this.backup = backup;
    this.target = target;
    this.copied = copied;
    this.done = done;
  }

  void run() throws IOException {
    requireBackup();
    boolean created = createUnlessThere();
    Path real = target.toRealPath();
    Path draft = null;
    boolean renamed = false;
    try (StoreLock lock = StoreLock.take(real)) {
      done.accept(Step.LOCKED);
      try {
        lock.makeOneFile();
        done.accept(Step.ONE_FILE);
        deleteDraftsOf(real); // of restores that were killed: another one would hold the lock
        draft = real.resolveSibling(draftName(real) + UUID.randomUUID());
        copyTo(draft, created ? null : real);
        done.accept(Step.COPIED);
        check(draft);
        deleteSidecars(draft);
        done.accept(Step.CHECKED);
        force(draft, StandardOpenOption.WRITE);
        done.accept(Step.SYNCED);
        deleteSidecars(real);
        done.accept(Step.ALONE);
        Files.move(draft, real, StandardCopyOption.ATOMIC_MOVE);
        renamed = true;
        done.accept(Step.RENAMED);
        if (isPosix(real)) {
          force(real.getParent(), StandardOpenOption.READ);
        }
        done.accept(Step.DURABLE);
      } finally {
        if (!renamed) {
          deleteAfterFailure(draft, created ? real : null);
        }
      }
    }
  }

  private void requireBackup() throws IOException {
    if (!Files.isRegularFile(backup)) {
      throw new Refused("no such file: " + backup);
    }
    if (Files.exists(target) && Files.isSameFile(backup, target)) {
      throw new Refused(backup + " is the store itself");
    }
    for (String sidecar : StoreLock.SIDECARS) {
      Path beside = StoreLock.beside(backup, sidecar);
      if (!sidecar.equals("-shm") && Files.exists(beside) && Files.size(beside) > 0) {
        throw new Refused(
            backup + " is no backup but a store in use: it has a " + sidecar + "; see 'backup'");
      }
    }
  }

  /** An empty file is an empty database, and can be locked. */
  private boolean createUnlessThere() throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    for (String sidecar : StoreLock.SIDECARS) {
      if (Files.exists(StoreLock.beside(target, sidecar))) {
        throw new Refused("beside " + target + " is a " + sidecar + " of another store");
      }
    }
    try {
      Files.createFile(target, ownerOnly(target));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static String draftName(Path real) {
    return DRAFT + real.getFileName() + "-";
  }

  private static void deleteDraftsOf(Path real) throws IOException {
    Pattern name =
        Pattern.compile(Pattern.quote(draftName(real)) + "[0-9a-f-]{36}(-wal|-shm|-journal)?");
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            real.getParent(), file -> name.matcher(file.getFileName().toString()).matches())) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void copyTo(Path draft, Path like) throws IOException {
    Files.createFile(draft, ownerOnly(draft));
    if (like != null && isPosix(draft)) {
      Files.setPosixFilePermissions(draft, Files.getPosixFilePermissions(like));
    }
    try (FileChannel from = FileChannel.open(backup);
        FileChannel to = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      long size = from.size();
      long at = 0;
      while (at < size) {
        at += from.transferTo(at, Math.min(CHUNK, size - at), to);
        copied.accept(at);
      }
    }
  }

  private void check(Path draft) {
    try (Belay store = Belay.openReadOnly(draft)) {
      List<Finding> findings = store.check(Finding.Scope.PAGES);
      if (!findings.isEmpty()) {
        throw new Refused(
            backup
                + " is damaged: "
                + findings.size()
                + " findings, the first: "
                + findings.get(0));
      }
    } catch (SchemaTooOldException e) {
      throw new Refused(
          e.found().equals("0")
              ? backup + " is no store of Belay"
              : backup
                  + " has the older schema "
                  + e.found()
                  + ": restore it with the belay that made it, then migrate");
    } catch (StoreException e) {
      throw new Refused(backup + " cannot be opened: " + e.getMessage());
    }
  }

  private static void deleteSidecars(Path file) throws IOException {
    for (String sidecar : StoreLock.SIDECARS) {
      Files.deleteIfExists(StoreLock.beside(file, sidecar));
    }
  }

  /** An empty target that this restore has made goes again, while it is still locked. */
  private static void deleteAfterFailure(Path draft, Path created) throws IOException {
    if (draft != null) {
      Files.deleteIfExists(draft);
      deleteSidecars(draft);
    }
    if (created != null) {
      Files.deleteIfExists(created);
    }
  }

  private static void force(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, Set.of(option))) {
      channel.force(true);
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
}
