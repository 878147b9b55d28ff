package dev.belay.store;

import java.util.Objects;

/**
 * The rule for all text that is written to a store. Stateless, safe for use by many threads.
 *
 * <p>Names (ids, keys, types) have 1 to N Unicode code points, ids and keys also a maximum of
 * bytes. Bodies (payloads, state, results) have 0 to {@link #BODY_BYTES_MAX} bytes of UTF-8. Both
 * refuse two characters that not every database returns as they were stored: an unpaired surrogate,
 * which UTF-8 cannot encode, and NUL, at which some databases cut the text and which others refuse.
 *
 * <p>The message of every check names the field, and the index where there is one, never the text.
 */
public final class TextRule {
  /** The maximum length of an id, holder, worker, lane or key: 1,000 code points. */
  public static final int ID_MAX = 1_000;

  /**
   * The maximum size of an id, holder, worker, lane or key: 2,000 bytes of UTF-8. An index of every
   * database has room for a queue and such a name.
   */
  public static final int ID_BYTES_MAX = 2_000;

  /** The maximum size of the name of a queue: 255 bytes of UTF-8. */
  public static final int QUEUE_BYTES_MAX = 255;

  /** The maximum length of a type: 255 code points. */
  public static final int TYPE_MAX = 255;

  /** The maximum size of a body: 64 MiB, in bytes of UTF-8. */
  public static final int BODY_BYTES_MAX = 64 * 1024 * 1024;

  private TextRule() {}

  /**
   * Returns {@code value} if it is an id: 1 to {@link #ID_MAX} code points, at most {@link
   * #ID_BYTES_MAX} bytes.
   *
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it breaks the rule
   */
  public static String id(String field, String value) {
    return atMost(ID_BYTES_MAX, field, name(field, value, ID_MAX));
  }

  /**
   * Returns {@code value} if it is the name of a queue: 1 to {@link #QUEUE_BYTES_MAX} bytes.
   *
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it breaks the rule
   */
  public static String queue(String field, String value) {
    return atMost(QUEUE_BYTES_MAX, field, name(field, value, QUEUE_BYTES_MAX));
  }

  private static String atMost(int bytesMax, String field, String value) {
    // No code unit of UTF-16 has more than three bytes of UTF-8, so a short text needs no counting.
    if (value.length() > bytesMax / 3 && utf8Bytes(field, value) > bytesMax) {
      throw new IllegalArgumentException(field + " is longer than " + bytesMax + " bytes of UTF-8");
    }
    return value;
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
    // A code point takes one or two chars, so only a length between N and 2 N needs counting.
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
    // No text has fewer bytes than chars, so a text with too many chars is refused without
    // counting.
    if (value.length() > BODY_BYTES_MAX || utf8Bytes(field, value) > BODY_BYTES_MAX) {
      throw new IllegalArgumentException(
          field + " is longer than " + BODY_BYTES_MAX + " bytes of UTF-8");
    }
    return value;
  }

  /**
   * Returns the length of {@code value} in bytes of UTF-8.
   *
   * @throws IllegalArgumentException if the text has a NUL or an unpaired surrogate
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
          bytes += 2; // a pair has four bytes, two of which its two chars have counted
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
