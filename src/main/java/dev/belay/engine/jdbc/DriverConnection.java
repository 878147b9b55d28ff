package dev.belay.engine.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A connection of the driver, with the operations for which JDBC has no method or no sufficient
 * one. Belongs to the thread that owns the connection.
 */
public interface DriverConnection {
  /** Notified of every end of a transaction, also of those that the engine did not order. */
  interface EndListener {
    /** Called before the database commits. */
    void commits();

    /** Called after the database has rolled back. */
    void rolledBack();
  }

  /** Returns the JDBC connection. */
  Connection jdbc();

  /** Notifies {@code listener} of every end of a transaction from now on. */
  void listen(EndListener listener);

  /** Begins with the write lock held, or throws and has done nothing. */
  void beginWriting() throws SQLException;

  /** Begins for reading; the first statement takes the snapshot. */
  void beginReading() throws SQLException;

  void commit() throws SQLException;

  void rollback() throws SQLException;

  /** Sets the runner's own savepoint. No body can know its name. */
  void setSavepoint() throws SQLException;

  void rollbackToSavepoint() throws SQLException;

  void releaseSavepoint() throws SQLException;

  /** Executes a statement of the engine's own. */
  void execute(String sql) throws SQLException;

  /** Lets each statement commit by itself from now on. */
  void commitsEach();

  /** Makes statements part of the transaction that was begun here, from now on. */
  void commitsTogether();

  /**
   * Throws unless the connection is still in the transaction that a Tx was made for. Only on a
   * connection of a host can another one have ended it.
   */
  default void requireTransaction() {}

  /** Returns the number of rows changed through the connection so far. */
  long changedRows() throws SQLException;

  /** Allows writes again, after a body that could only read. */
  void allowWrites() throws SQLException;

  /**
   * Returns whether the driver has ended {@code statement}, as it may do by itself after a failure.
   */
  boolean isEnded(PreparedStatement statement);

  /** Resets {@code statement}: its cursor, batch, parameters and settings. */
  void reset(PreparedStatement statement) throws SQLException;

  boolean isClosed() throws SQLException;

  /** Closes the connection. May be called again if it throws. */
  void close() throws SQLException;
}
