package dev.belay.queue;

/** What is kept of an error. Stateless, safe for use by many threads. */
final class ErrorText {
  private static final int REPLACEMENT = 0xFFFD;

  private ErrorText() {}

  /**
   * The class and the message of {@code thrown}, cut at {@link Settling#ERROR_MAX} code points.
   * What no store can keep is replaced: the error of a user must never stand in its own way.
   */
  static String of(Throwable thrown) {
    String name = thrown.getClass().getName();
    String message = message(thrown);
    return storable(message == null ? name : name + ": " + message);
  }

  private static @org.jspecify.annotations.Nullable String message(Throwable thrown) {
    try {
      return thrown.getMessage();
    } catch (RuntimeException | Error e) {
      return "(getMessage() threw " + e.getClass().getName() + ")";
    }
  }

  private static String storable(String text) {
    StringBuilder kept = new StringBuilder(Math.min(text.length(), Settling.ERROR_MAX));
    int codePoints = 0;
    for (int i = 0; i < text.length() && codePoints < Settling.ERROR_MAX; codePoints++) {
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      boolean unpaired =
          codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      kept.appendCodePoint(codePoint == 0 || unpaired ? REPLACEMENT : codePoint);
    }
    return kept.toString();
  }
}
