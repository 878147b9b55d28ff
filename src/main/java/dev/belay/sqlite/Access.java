package dev.belay.sqlite;

/** What a connection may be used for. Immutable, safe for use by many threads. */
enum Access {
  /** Reading alone. */
  READ,
  /** Reading and writing. */
  WRITE;

  boolean writes() {
    return this == WRITE;
  }
}
