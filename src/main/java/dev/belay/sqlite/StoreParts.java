package dev.belay.sqlite;

import org.jspecify.annotations.Nullable;

/**
 * What all connections of one store share. Immutable, safe for use by many threads.
 *
 * @param name the file, or what stands for it in memory
 * @param hold on the file; null in memory
 * @param faults where a test lets errors strike
 * @param checkpointer beside the writer; null in memory and in a store opened for reading
 */
record StoreParts(
    String name,
    @Nullable FileHold hold,
    OpenSettings settings,
    SqliteErrors errors,
    Connections connections,
    Callbacks callbacks,
    ChangeWatch changes,
    @Nullable Checkpointer checkpointer,
    FaultPoints faults) {

  @Nullable FileIdentity identity() {
    return hold == null ? null : hold.identity();
  }
}
