package dev.belay.adk;

import java.util.HexFormat;

/**
 * Any text as a part of an id: without a slash, and with no character that Belay refuses. Two
 * different texts stay different. Stateless, safe for use by many threads.
 */
final class KeyText {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private KeyText() {}

  /** Returns {@code text} with {@code /}, {@code %}, NUL and unpaired surrogates escaped. */
  static String encode(String text) {
    StringBuilder encoded = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point -> {
              if (point == '/' || point == '%' || point == 0) {
                encoded.append('%').append(HEX.toHexDigits(point, 2));
              } else if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                encoded.append("%u").append(HEX.toHexDigits(point, 4));
              } else {
                encoded.appendCodePoint(point);
              }
            });
    return encoded.toString();
  }

  /** Returns the text that {@link #encode} was given. */
  static String decode(String encoded) {
    StringBuilder text = new StringBuilder(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c != '%') {
        text.append(c);
      } else if (encoded.charAt(i + 1) == 'u') {
        text.append((char) HexFormat.fromHexDigits(encoded, i + 2, i + 6));
        i += 5;
      } else {
        text.append((char) HexFormat.fromHexDigits(encoded, i + 1, i + 3));
        i += 2;
      }
    }
    return text.toString();
  }
}
