package dev.belay.sqlite;

import dev.belay.engine.line.FaultPoints;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An error that strikes at points of the engine that a test names, each once and in order. Safe for
 * use by many threads.
 */
final class Strike implements FaultPoints {
  private final Deque<Point> script = new ArrayDeque<>();
  private Supplier<? extends Throwable> error = () -> new IllegalStateException("struck");
  private int skips;
  private int struck;

  /** Strikes at {@code points}, one after another, once {@code script}'s first was met so often. */
  synchronized void arm(Supplier<? extends Throwable> strikes, int after, Point... points) {
    script.clear();
    script.addAll(Arrays.asList(points));
    error = strikes;
    skips = after;
    struck = 0;
  }

  /** Strikes no more, and returns how often it has. */
  synchronized int disarm() {
    script.clear();
    return struck;
  }

  /** At how many points it has still to strike. */
  synchronized int left() {
    return script.size();
  }

  @Override
  public void reach(Point point) {
    Throwable strikes = next(point);
    if (strikes != null) {
      Strike.<RuntimeException>throwAsIs(strikes);
    }
  }

  private synchronized @Nullable Throwable next(Point point) {
    if (script.peek() != point) {
      return null;
    }
    if (skips > 0) {
      skips--;
      return null;
    }
    script.remove();
    struck++;
    return error.get();
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void throwAsIs(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
