package dev.belay.testing;

/**
 * The number of tries of a test: enough to find errors in every build, more with {@code
 * -Dbelay.effort=full}. Stateless, safe for use by many threads.
 */
public final class Effort {
  private static final boolean FULL = "full".equals(System.getProperty("belay.effort"));

  private Effort() {}

  /** Returns {@code usual}, or {@code full} in a run of full effort. */
  public static int of(int usual, int full) {
    return FULL ? full : usual;
  }
}
