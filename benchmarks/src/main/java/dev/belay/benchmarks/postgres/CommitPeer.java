package dev.belay.benchmarks.postgres;

import java.sql.SQLException;

/** A way to commit to sessions. Immutable. */
interface CommitPeer {
  /** An event of 200 bytes. */
  String PAYLOAD = "x".repeat(200);

  String TYPE = "message";

  String name();

  /** Opens a store with a session for each caller, each with one event. */
  Store open(Schema schema, Sync sync, int callers) throws Exception;

  /** An open store. Safe for use by many threads. */
  interface Store extends AutoCloseable {
    /**
     * Appends an event to the caller's session, as an operation of its own, if the session is at
     * {@code revision}.
     */
    void commit(int caller, long revision) throws Exception;

    @Override
    void close() throws SQLException;
  }
}
