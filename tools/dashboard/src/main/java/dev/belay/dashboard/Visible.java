package dev.belay.dashboard;

/**
 * Finds characters that a browser hides, or by which it reorders what is around them: controls,
 * bidirectional controls, and spaces that look like none. Stateless, safe for use by many threads.
 */
final class Visible {
  private Visible() {}

  /** Returns whether a code point has to be shown by its number. */
  static boolean isHidden(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  /** Returns the name of a code point: {@code U+202E}. */
  static String name(int codePoint) {
    return String.format("U+%04X", codePoint);
  }

  /** Returns a text on one line in which every character can be seen. */
  static String text(String value) {
    StringBuilder shown = new StringBuilder(value.length());
    value
        .codePoints()
        .forEach(
            codePoint -> {
              if (isHidden(codePoint)) {
                shown.append('⟨').append(name(codePoint)).append('⟩');
              } else {
                shown.appendCodePoint(codePoint);
              }
            });
    return shown.toString();
  }
}
