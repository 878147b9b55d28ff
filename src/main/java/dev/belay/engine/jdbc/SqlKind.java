package dev.belay.engine.jdbc;

/**
 * What a statement may do besides reading rows, judged by its text before it is prepared.
 * Immutable, safe for use by many threads. What is not known counts as {@link #CONNECTION}, the
 * kind that is trusted least.
 */
public enum SqlKind {
  /** No statement: white space and comments. */
  NOTHING,
  /** Reads, and changes nothing at all. */
  READ,
  /** Changes rows, or what lies beside them in the store, inside the transaction. */
  ROWS,
  /** Sets, releases or returns to a savepoint. */
  SAVEPOINT,
  /** Changes the schema inside the transaction. */
  SCHEMA,
  /** Changes the connection itself, for every statement that follows and past the transaction. */
  CONNECTION,
  /** Changes the database's library itself, for every store of the process. */
  LIBRARY,
  /** Begins or ends a transaction, which only the runner may do. */
  TRANSACTION;

  /** Whether a statement of this kind can be kept and used again by another body. */
  boolean isReusable() {
    return this == READ || this == ROWS;
  }
}
