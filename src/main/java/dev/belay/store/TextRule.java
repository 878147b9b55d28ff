package dev.belay.store;

import java.util.Objects;

/**
 * The one rule for text that goes into a store. Stateless, safe for use by many threads.
 *
 * <p>Names (ids, keys, types) have 1 to N Unicode code points; bodies (payloads, state, results)
 * have up to {@link #BODY_BYTES_MAX} bytes of UTF-8 and may be empty. Neither may hold what cannot
 * come back from every database as it went in: an unpaired surrogate, which no UTF-8 can encode, or
 * NUL, where some databases cut the text and others refuse it.
 *
 * <p>Every check names the field and the place, never the text.
 */
public final class TextRule {
  /** The longest id, holder, worker, queue, lane or key, in code points. */
  public static final int ID_MAX = 1_000;

  /** The longest type, in code points. */
  public static final int TYPE_MAX = 255;

  /** The longest body, in bytes of UTF-8: 64 MiB. */
  public static final int BODY_BYTES_MAX = 64 * 1024 * 1024;

  private TextRule() {}

  /**
   * Returns {@code value} if it is an id: 1 to {@link #ID_MAX} code points.
   *
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it breaks the rule
   */
  public static String id(String field, String value) {
    return name(field, value, ID_MAX);
  }

  /**
   * Returns {@code value} if it is a type: 1 to {@link #TYPE_MAX} code points.
   *
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it breaks the rule
   */
  public static String type(String field, String value) {
    return name(field, value, TYPE_MAX);
  }

  /**
   * Returns {@code value} if it has 1 to {@code codePointsMax} code points.
   *
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it breaks the rule
   */
  public static String name(String field, String value, int codePointsMax) {
    Objects.requireNonNull(value, field);
    if (value.isEmpty()) {
      throw new IllegalArgumentException(field + " is empty");
    }
    // A code point takes one or two chars: only the lengths in between need counting.
    if (value.length() > codePointsMax
        && (value.length() / 2 > codePointsMax
            || value.codePointCount(0, value.length()) > codePointsMax)) {
      throw new IllegalArgumentException(
          field + " is longer than " + codePointsMax + " code points");
    }
    utf8Bytes(field, value);
    return value;
  }

  /**
   * Returns {@code value} if it is a body: at most {@link #BODY_BYTES_MAX} bytes of UTF-8.
   *
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it breaks the rule
   */
  public static String body(String field, String value) {
    Objects.requireNonNull(value, field);
    // No text has fewer bytes than chars, so what is far too long is refused without a pass.
    if (value.length() > BODY_BYTES_MAX || utf8Bytes(field, value) > BODY_BYTES_MAX) {
      throw new IllegalArgumentException(
          field + " is longer than " + BODY_BYTES_MAX + " bytes of UTF-8");
    }
    return value;
  }

  /**
   * How many bytes of UTF-8 a text has.
   *
   * @throws IllegalArgumentException if no store keeps it: it has a NUL or an unpaired surrogate
   */
  public static long utf8Bytes(String field, String value) {
    int length = value.length();
    long bytes = length;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        if (Character.isSurrogate(c)) {
          if (Character.isLowSurrogate(c)
              || i + 1 == length
              || !Character.isLowSurrogate(value.charAt(i + 1))) {
            throw new IllegalArgumentException(field + " has an unpaired surrogate at index " + i);
          }
          i++;
          bytes += 2; // four bytes for the pair, of which its two chars count two
        } else {
          bytes += c < 0x800 ? 1 : 2;
        }
      } else if (c == 0) {
        throw new IllegalArgumentException(field + " has a NUL at index " + i);
      }
    }
    return bytes;
  }
}
