package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.peer.OwnSession;
import java.sql.SQLException;

/**
 * One process's way to write the shared file: moves a session's head by compare and swap and
 * appends an event, in one transaction. Safe for use by as many callers as it was opened for.
 */
interface Writer extends AutoCloseable {
  /**
   * Writes once; waits as long as it takes.
   *
   * @param caller who writes, from 0; no two threads are the same
   */
  void write(int caller, OwnSession session) throws Exception;

  @Override
  void close() throws SQLException;
}
