package dev.belay.sqlite;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.jdbc.BelayJdbi;
import dev.belay.engine.line.FaultPoints;
import dev.belay.store.StoreInterruptedException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Opens stores on SQLite. Stateless, safe for use by many threads. For Belay itself; users call
 * {@code Belay.open}.
 */
public final class Sqlite {
  private Sqlite() {}

  /** Opens {@code path} for reading and writing; creates and migrates it as needed. */
  public static StoreEngine open(Path path, OpenSettings settings) {
    return open(path, settings, FaultPoints.NONE);
  }

  /** As {@link #open(Path, OpenSettings)}; {@code faults} may throw at its points. */
  static SqliteStore open(Path path, OpenSettings settings, FaultPoints faults) {
    SqliteFile file = SqliteFile.of(path);
    file.requireWritable();
    // Checked now: loading the driver for the first time may clear the interrupt flag.
    if (Thread.currentThread().isInterrupted()) {
      throw new StoreInterruptedException(file + ": interrupted before it was opened", null);
    }
    Libraries.require(settings.options());
    BelayJdbi jdbi = jdbi(file.toString(), settings);
    if (!Files.exists(file.real())) {
      SchemaMigration.requireUsable(file.toString(), settings); // a refusal must not leave a file
    }
    FileIdentity.requireWholeWal(file);
    if (settings.options().migrates()) {
      FileDraft.create(file, settings.options().ownerOnlyFiles());
    }
    FileNames.requireOne(file, settings);
    return opened(file, jdbi, settings, Access.WRITE, faults);
  }

  /** Opens a new store in memory. Its data ends when it is closed. */
  public static StoreEngine openInMemory(OpenSettings settings) {
    return openInMemory(settings, FaultPoints.NONE);
  }

  /** As {@link #openInMemory(OpenSettings)}; {@code faults} may throw at its points. */
  static SqliteStore openInMemory(OpenSettings settings, FaultPoints faults) {
    Libraries.require(settings.options());
    SchemaMigration.requireUsable(SqliteStore.MEMORY, settings);
    BelayJdbi jdbi = jdbi(SqliteStore.MEMORY, settings);
    return new SqliteStore(null, null, jdbi, settings, Access.WRITE, faults).opened();
  }

  /** Opens {@code path} for reading. */
  public static StoreEngine openReadOnly(Path path, OpenSettings settings) {
    SqliteFile file = SqliteFile.of(path);
    file.requireReadable();
    Libraries.require(settings.options());
    return opened(file, jdbi(file.toString(), settings), settings, Access.READ, FaultPoints.NONE);
  }

  private static BelayJdbi jdbi(String name, OpenSettings settings) {
    return new BelayJdbi(new SqliteFailures(name), new SqliteKinds(), settings.options().jdbi());
  }

  private static SqliteStore opened(
      SqliteFile file, BelayJdbi jdbi, OpenSettings settings, Access access, FaultPoints faults) {
    return FileHold.open(
        file,
        settings.options().clock(),
        hold -> new SqliteStore(file, hold, jdbi, settings, access, faults).opened());
  }
}
