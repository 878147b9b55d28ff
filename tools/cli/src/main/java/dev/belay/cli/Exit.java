package dev.belay.cli;

/** The exit codes. Stateless, safe for use by many threads. */
final class Exit {
  /** What was asked for is done. */
  static final int DONE = 0;

  /** The store failed, or could not be opened. */
  static final int FAILED = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** What was named does not exist, or the command refuses to do it; nothing has changed. */
  static final int REFUSED = 3;

  /** {@code check} found something. */
  static final int FOUND = 4;

  private Exit() {}
}
