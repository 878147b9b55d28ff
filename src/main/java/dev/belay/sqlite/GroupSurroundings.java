package dev.belay.sqlite;

import dev.belay.engine.jdbc.BodyRun;
import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.line.Request;
import dev.belay.engine.line.Source;
import java.sql.SQLException;
import java.time.Instant;

/**
 * What a {@link CommitGroup} needs of the store around it. Belongs to the thread that owns the
 * connection.
 */
interface GroupSurroundings {
  /** The instant of a transaction that begins now. */
  Instant now();

  /** Runs one body in the transaction that is open. */
  BodyRun run(Request<?> request, BoundConnection connection, Instant now);

  /** Fails if the schema, as it is in this transaction, is not the one that this Belay knows. */
  void requireSameSchema(BoundConnection connection);

  /** Fails if the file is no longer the one that has its name. Asked before each COMMIT. */
  void requireSameFile();

  /** The transaction could not be begun, for another reason than a busy lock. */
  void beginFailed(Source source, BoundConnection connection, SQLException failure);

  /** Fails the request that comes next, if there is one. */
  void failNext(Source source, Throwable failure);

  /** A transaction has been committed. */
  void committed();

  /** Gives up a connection that cannot be trusted any more. */
  void discard(BoundConnection connection);
}
