package dev.belay.sqlite;

/** What kind of transaction a body wants. Immutable, safe for use by many threads. */
enum RequestKind {
  CALL,
  READ,
  /** As READ, for a look of Belay's own, which nobody is told of. */
  LOOK,
  WRITE,
  WRITE_FLOW,
  /** A writing verb of Belay's own: all or nothing, and needs no savepoint. */
  VERB;

  boolean reads() {
    return this == READ || this == LOOK;
  }

  boolean writes() {
    return this == WRITE || this == WRITE_FLOW || this == VERB;
  }
}
