package dev.belay.testing;

/**
 * How much a test tries: enough to notice in every build, more with {@code -Dbelay.effort=full}.
 * Stateless, safe for use by many threads.
 */
public final class Effort {
  private static final boolean FULL = "full".equals(System.getProperty("belay.effort"));

  private Effort() {}

  /** {@code usual}, or {@code full} in a run that takes its time. */
  public static int of(int usual, int full) {
    return FULL ? full : usual;
  }
}
