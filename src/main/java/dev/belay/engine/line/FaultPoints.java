package dev.belay.engine.line;

/**
 * The points of the engine where a test lets an error strike. Outside of tests nothing happens
 * there. Safe for use by many threads.
 *
 * <p>Errors of the machine (no stack, no memory) may strike anywhere, but never twice at the same
 * place. What must hold then is tested by throwing at each point in turn.
 */
@FunctionalInterface
public interface FaultPoints {
  /** A point, in the order in which a request meets them. */
  enum Point {
    /** A worker thread looks for work. */
    WORKS,
    /** A thread owns a connection, and has served nothing yet. */
    OWNED,
    /** A connection is open and not yet prepared. */
    OPENS,
    /** Before BEGIN. */
    BEGINS,
    /** After BEGIN. */
    BEGUN,
    /** Before a body. */
    BODY_STARTS,
    /** After a body, before it is judged. */
    BODY_ENDED,
    /** Before COMMIT. */
    COMMITS,
    /** Right after COMMIT, before any outcome is decided. */
    COMMITTED,
    /** While the outcomes of a group are decided. */
    DECIDES,
    /** While those that have to run again are lined up. */
    LINES_UP_AGAIN,
    /** Before one request is answered. */
    TELLS,
    /** Before a connection that cannot be trusted is given up. */
    DISCARDS,
    /** Before a connection is closed. */
    CLOSES,
    /** Before the connection is given back. */
    DISOWNS
  }

  /** No point does anything. */
  FaultPoints NONE = point -> {};

  /** The current thread has come to {@code point}; whatever this throws strikes there. */
  void reach(Point point);
}
