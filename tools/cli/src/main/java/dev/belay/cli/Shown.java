package dev.belay.cli;

/**
 * Text of a store, as a terminal may show it: characters that move the cursor, hide, or change the
 * direction of what follows are replaced by their escapes. Stateless, safe for use by many threads.
 */
final class Shown {
  private Shown() {}

  /** Returns {@code text} as one line. */
  static String line(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints().forEach(c -> append(shown, c));
    return shown.toString();
  }

  /** Returns {@code text} as several lines, each of them indented, so that none looks like ours. */
  static String block(String text, String indent) {
    StringBuilder shown = new StringBuilder(text.length());
    for (String line : text.split("\n", -1)) {
      shown.append(shown.isEmpty() ? "" : "\n").append(indent).append(line(line));
    }
    return shown.toString();
  }

  /** Returns the beginning of {@code text} as one line of at most {@code max} code points. */
  static String beginning(String text, int max) {
    int end = 0;
    for (int i = 0; i < max && end < text.length(); i++) {
      end += Character.charCount(text.codePointAt(end));
    }
    return line(text.substring(0, end)) + (end < text.length() ? "…" : "");
  }

  private static void append(StringBuilder shown, int c) {
    switch (c) {
      case '\n' -> shown.append("\\n");
      case '\r' -> shown.append("\\r");
      case '\t' -> shown.append("\\t");
      default -> {
        if (isHarmless(c)) {
          shown.appendCodePoint(c);
        } else if (c < 0x10000) {
          shown.append(String.format("\\u%04x", c));
        } else {
          shown.append(String.format("\\U%08x", c));
        }
      }
    }
  }

  private static boolean isHarmless(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT, // the bidirectional ones, and those without width
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
