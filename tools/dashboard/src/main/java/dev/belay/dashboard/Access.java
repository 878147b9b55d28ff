package dev.belay.dashboard;

/**
 * What the sender of a request may do. The host decides it for each request; there is no default.
 * Immutable, safe for use by many threads.
 */
public enum Access {
  /** Nothing: every page is refused. */
  NONE,
  /** Look at every page. Actions are refused and not offered. */
  READ,
  /** Look, and act: retry, cancel, purge, release. */
  WRITE
}
