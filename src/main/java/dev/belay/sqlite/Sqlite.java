package dev.belay.sqlite;

import dev.belay.store.StoreEngine;
import java.nio.file.Path;

/**
 * Opens stores on SQLite. Stateless, safe for use by many threads; for Belay itself, users open
 * theirs by {@code Belay.open}.
 */
public final class Sqlite {
  private Sqlite() {}

  /** Opens {@code path} for reading and writing; creates and migrates it as needed. */
  public static StoreEngine open(Path path, OpenSettings settings) {
    return SqliteStore.open(path, settings);
  }

  /** Opens a store of its own in memory, which ends with it. */
  public static StoreEngine openInMemory(OpenSettings settings) {
    return SqliteStore.openInMemory(settings);
  }

  /** Opens {@code path} for reading. */
  public static StoreEngine openReadOnly(Path path, OpenSettings settings) {
    return SqliteStore.openReadOnly(path, settings);
  }
}
