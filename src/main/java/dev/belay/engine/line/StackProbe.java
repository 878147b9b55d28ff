package dev.belay.engine.line;

/**
 * Touches as much of a caller's stack as the steps need that follow. A stack that overflows must do
 * so before its thread owns a connection, or has something in line for which others wait.
 * Stateless, safe for use by many threads.
 */
public final class StackProbe {
  private static final int FRAMES = 160;

  private StackProbe() {}

  /** Throws {@link StackOverflowError} if there is too little stack left. */
  public static void touch() {
    int unused = touch(FRAMES);
  }

  private static int touch(int frames) {
    return frames == 0 ? 0 : touch(frames - 1) + 1;
  }
}
