package dev.belay.queue;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is kept of an error. Stateless, safe for use by many threads. */
final class ErrorText {
  private static final int REPLACEMENT = 0xFFFD;

  private ErrorText() {}

  /**
   * The classes and messages of {@code thrown} and of the chain of its causes, one a line, cut at
   * {@link Settling#ERROR_MAX} code points. What no store can keep is replaced: the error of a user
   * must never stand in its own way.
   */
  static String of(Throwable thrown) {
    StringBuilder text = new StringBuilder();
    Set<Throwable> told = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable next = thrown;
    while (next != null && told.add(next) && text.length() < 2 * Settling.ERROR_MAX) {
      text.append(text.isEmpty() ? "" : "\ncaused by ").append(line(next));
      next = cause(next);
    }
    return storable(text);
  }

  private static String line(Throwable thrown) {
    String message = message(thrown);
    String name = thrown.getClass().getName();
    return message == null ? name : name + ": " + message;
  }

  private static @Nullable Throwable cause(Throwable thrown) {
    try {
      return thrown.getCause();
    } catch (RuntimeException | Error e) {
      return null; // the chain ends where it cannot be asked
    }
  }

  private static @Nullable String message(Throwable thrown) {
    try {
      return thrown.getMessage();
    } catch (RuntimeException | Error e) {
      return "(getMessage() threw " + e.getClass().getName() + ")";
    }
  }

  private static String storable(CharSequence text) {
    StringBuilder kept = new StringBuilder(Math.min(text.length(), Settling.ERROR_MAX));
    int codePoints = 0;
    for (int i = 0; i < text.length() && codePoints < Settling.ERROR_MAX; codePoints++) {
      int codePoint = Character.codePointAt(text, i);
      i += Character.charCount(codePoint);
      boolean unpaired =
          codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      kept.appendCodePoint(codePoint == 0 || unpaired ? REPLACEMENT : codePoint);
    }
    return kept.toString();
  }
}
