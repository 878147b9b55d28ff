package dev.belay.engine.jdbc;

/**
 * The effects that a statement may have, derived from its text before it is prepared. Immutable,
 * safe for use by many threads. An unknown statement counts as {@link #CONNECTION}, because it may
 * change anything.
 */
public enum SqlKind {
  /** No statement: only white space and comments. */
  NOTHING,
  /** Only reads. */
  READ,
  /** Changes rows, or other data in the store, inside the transaction. */
  ROWS,
  /** Sets, releases or rolls back to a savepoint. */
  SAVEPOINT,
  /** Changes the schema inside the transaction. */
  SCHEMA,
  /** Changes the connection itself, for all later statements, also after the transaction. */
  CONNECTION,
  /** Changes the database library itself, for all stores of the process. */
  LIBRARY,
  /** Begins or ends a transaction, which only the runner may do. */
  TRANSACTION;

  /** Returns whether a statement of this kind can be kept and used again by another body. */
  boolean isReusable() {
    return this == READ || this == ROWS;
  }
}
