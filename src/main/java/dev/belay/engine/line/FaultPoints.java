package dev.belay.engine.line;

/**
 * The points of the engine at which a test can make an error happen. Outside tests nothing happens
 * at them. Safe for use by many threads.
 *
 * <p>Errors of the JVM (no stack, no memory) can happen anywhere, but are assumed not to happen
 * twice at the same place. Tests throw at each point in turn and check that the engine keeps its
 * guarantees.
 */
@FunctionalInterface
public interface FaultPoints {
  /** A point, in the order in which a request meets them. */
  enum Point {
    /** A thread of the executor looks for work. */
    WORKS,
    /** A thread owns a connection and has served no request yet. */
    OWNED,
    /** A connection is open and not yet prepared. */
    OPENS,
    /** Before BEGIN. */
    BEGINS,
    /** After BEGIN. */
    BEGUN,
    /** Before a body. */
    BODY_STARTS,
    /** After a body, before its outcome is determined. */
    BODY_ENDED,
    /** Before COMMIT. */
    COMMITS,
    /** Immediately after COMMIT, before any outcome is decided. */
    COMMITTED,
    /** While the outcomes of a group are decided. */
    DECIDES,
    /** While the requests that must run again are lined up. */
    LINES_UP_AGAIN,
    /** Before the hooks of one body run and its request is answered. */
    TELLS,
    /** Before a connection that cannot be trusted is given up. */
    DISCARDS,
    /** Before a connection is closed. */
    CLOSES,
    /** Before the connection is given back. */
    DISOWNS
  }

  /** Does nothing at any point. */
  FaultPoints NONE = point -> {};

  /**
   * Called when the current thread reaches {@code point}. Whatever this method throws is thrown at
   * that point.
   */
  void reach(Point point);
}
