package dev.belay.queue;

import dev.belay.store.TextRule;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stored text of an error. Stateless, safe for use by many threads. */
final class ErrorText {
  /** The maximum length of a stored error: 4,000 code points. */
  static final int CODE_POINTS_MAX = 4_000;

  private static final int REPLACEMENT = 0xFFFD;

  private ErrorText() {}

  /**
   * Returns {@code text}, cut at {@link #CODE_POINTS_MAX}.
   *
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  static String cut(String field, String text) {
    TextRule.body(field, text);
    return text.codePointCount(0, text.length()) <= CODE_POINTS_MAX
        ? text
        : text.substring(0, text.offsetByCodePoints(0, CODE_POINTS_MAX));
  }

  /**
   * Returns the classes and messages of {@code thrown} and of its chain of causes, one per line,
   * cut at {@link #CODE_POINTS_MAX}. Characters that cannot be stored are replaced, so that every
   * error can be stored.
   */
  static String of(Throwable thrown) {
    StringBuilder text = new StringBuilder();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable next = thrown;
    while (next != null && seen.add(next) && text.length() < 2 * CODE_POINTS_MAX) {
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
      return null; // the chain ends where a cause throws
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
    StringBuilder kept = new StringBuilder(Math.min(text.length(), CODE_POINTS_MAX));
    int codePoints = 0;
    for (int i = 0; i < text.length() && codePoints < CODE_POINTS_MAX; codePoints++) {
      int codePoint = Character.codePointAt(text, i);
      i += Character.charCount(codePoint);
      boolean unpaired =
          codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      kept.appendCodePoint(codePoint == 0 || unpaired ? REPLACEMENT : codePoint);
    }
    return kept.toString();
  }
}
