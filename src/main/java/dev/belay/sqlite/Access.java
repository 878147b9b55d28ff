package dev.belay.sqlite;

/** The permitted use of a connection. Immutable, safe for use by many threads. */
enum Access {
  /** Only reading. */
  READ,
  /** Reading and writing. */
  WRITE;

  boolean writes() {
    return this == WRITE;
  }
}
