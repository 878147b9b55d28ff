package dev.belay.engine.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A driver's connection: how its transactions begin and end, and what JDBC does not say of its
 * statements. Belongs to the thread that owns the connection.
 */
public interface DriverConnection {
  /** Notified of every end of a transaction, also of those that the engine did not order. */
  interface EndListener {
    /** The database begins to commit. */
    void commits();

    /** The database has rolled back. */
    void rolledBack();
  }

  /** The connection itself. */
  Connection jdbc();

  /** From now on {@code listener} is told of every end. */
  void listen(EndListener listener);

  /** Begins with the right to write, or throws and has done nothing. */
  void beginWriting() throws SQLException;

  /** Begins for reading; the first statement takes the snapshot. */
  void beginReading() throws SQLException;

  void commit() throws SQLException;

  void rollback() throws SQLException;

  /** Sets the runner's own savepoint, whose name no body can know. */
  void setSavepoint() throws SQLException;

  void rollbackToSavepoint() throws SQLException;

  void releaseSavepoint() throws SQLException;

  /** Executes a statement of the engine's own. */
  void execute(String sql) throws SQLException;

  /** From now on each statement commits by itself. */
  void commitsEach();

  /** From now on statements belong to the transaction that was begun here. */
  void commitsTogether();

  /** How many rows have been changed through the connection so far. */
  long changedRows() throws SQLException;

  /** Ends what a body that only reads has been denied. */
  void allowWrites() throws SQLException;

  /** Whether the driver has ended {@code statement}, as it may do by itself after a failure. */
  boolean isEnded(PreparedStatement statement);

  /** Resets {@code statement}: place among its rows, batch, parameters and settings. */
  void reset(PreparedStatement statement) throws SQLException;

  boolean isClosed() throws SQLException;

  /** Closes the connection; may be tried again if it throws. */
  void close() throws SQLException;
}
