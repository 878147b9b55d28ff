package dev.belay.sqlite;

import dev.belay.engine.jdbc.BodyRun;
import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.line.Request;
import dev.belay.engine.line.Source;
import java.sql.SQLException;
import java.time.Instant;

/**
 * The parts of the store that a {@link CommitGroup} uses. Belongs to the thread that owns the
 * connection.
 */
interface GroupSurroundings {
  /** Returns the instant of a transaction that begins now. */
  Instant now();

  /** Runs one body in the open transaction. */
  BodyRun run(Request<?> request, BoundConnection connection, Instant now);

  /** Throws if the schema, as it is in this transaction, is not the one that this Belay knows. */
  void requireSameSchema(BoundConnection connection);

  /** Throws if another file has the store's name now. Called before each COMMIT. */
  void requireSameFile();

  /** Called if the transaction could not be begun for another reason than a busy lock. */
  void beginFailed(Source source, BoundConnection connection, SQLException failure);

  /** Fails the next request, if there is one. */
  void failNext(Source source, Throwable failure);

  /** Called after a transaction has been committed. */
  void committed();

  /** Closes a connection that can no longer be trusted. */
  void discard(BoundConnection connection);
}
