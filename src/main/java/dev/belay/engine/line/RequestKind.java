package dev.belay.engine.line;

/** The kind of transaction that a body needs. Immutable, safe for use by many threads. */
public enum RequestKind {
  CALL,
  READ,
  /** As READ, for a look of Belay's own, of which no observer is notified. */
  LOOK,
  WRITE,
  WRITE_FLOW,
  /** A writing verb of Belay's own: all or nothing, and therefore without a savepoint. */
  VERB,
  /** As VERB, ahead of every other request that waits: it keeps a grant alive. */
  VERB_FIRST;

  public boolean reads() {
    return this == READ || this == LOOK;
  }

  public boolean writes() {
    return this == WRITE || this == WRITE_FLOW || isVerb();
  }

  public boolean isVerb() {
    return this == VERB || this == VERB_FIRST;
  }

  /**
   * Returns whether the body is the application's. Belay's own bodies need no context of their
   * caller, which may be a thread of Belay where the application's capture finds none.
   */
  public boolean runsUsersCode() {
    return this != LOOK && !isVerb();
  }

  public boolean isFirst() {
    return this == VERB_FIRST;
  }
}
