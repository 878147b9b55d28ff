package dev.belay.sqlite;

import dev.belay.engine.jdbc.BoundConnection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/**
 * Notices that a newer Belay has migrated the file while a store has it open. Belongs to the thread
 * that owns the connection that writes.
 *
 * <p>The history of the schema is read inside a write transaction, before its first body: until
 * that transaction ends, no other process can migrate. It is read at most once in 250 ms. The
 * schema cookie would be cheaper to read, but a migration that only changes rows does not change
 * it.
 */
final class SchemaCheck {
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final SqliteFailures errors;
  private final SchemaHistory history;
  private long knownAt = System.nanoTime(); // opening a connection has read the history

  SchemaCheck(SqliteFailures errors) {
    this.errors = errors;
    this.history = new SchemaHistory(errors.store());
  }

  /**
   * Throws if the schema is not the one that this Belay knows.
   *
   * @throws dev.belay.store.SchemaTooNewException if a newer Belay has migrated the file
   */
  void require(BoundConnection connection) {
    long now = System.nanoTime();
    if (!connection.edge().isReplaceable() || now - knownAt < FRESH_NANOS) {
      return;
    }
    try {
      history.requireCurrent(SqliteConnectionDriver.of(connection).jdbc());
    } catch (SQLException e) {
      throw errors.operating("reading the history of the schema", e);
    }
    knownAt = now;
  }
}
