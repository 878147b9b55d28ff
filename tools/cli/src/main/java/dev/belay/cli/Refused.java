package dev.belay.cli;

/**
 * Ends a command because what it names does not exist, or because it must not do what was asked.
 * Immutable but for its stack trace, safe for use by many threads.
 */
final class Refused extends RuntimeException {
  Refused(String message) {
    super(message);
  }
}
