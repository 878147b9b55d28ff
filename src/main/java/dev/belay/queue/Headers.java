package dev.belay.queue;

import dev.belay.store.StoreCorruptException;
import dev.belay.store.TextRule;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The bounds and the stored text of the headers of work. Stateless, safe for use by many threads.
 *
 * <p>The text is {@code length:name} and {@code length:value} for each header, in the order of
 * names; lengths are in chars. So equal headers have equal texts, and names and values need no
 * escapes.
 */
final class Headers {
  private Headers() {}

  /**
   * Returns a sorted copy.
   *
   * @throws IllegalArgumentException if the headers exceed the bounds of {@link
   *     NewWork#withHeaders}
   */
  static Map<String, String> checked(Map<String, String> headers) {
    SortedMap<String, String> sorted = new TreeMap<>();
    long bytes = 0;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      String name = TextRule.type("header name", Objects.requireNonNull(header.getKey(), "name"));
      String value = TextRule.body("value of header " + name, header.getValue());
      bytes += name.getBytes(StandardCharsets.UTF_8).length;
      bytes += value.getBytes(StandardCharsets.UTF_8).length;
      sorted.put(name, value);
    }
    if (bytes > NewWork.HEADERS_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the headers are longer than "
              + NewWork.HEADERS_BYTES_MAX
              + " bytes of UTF-8, names and values together: "
              + bytes);
    }
    return sorted(sorted);
  }

  /** Returns a sorted, immutable copy. */
  static Map<String, String> sorted(Map<String, String> headers) {
    return headers.isEmpty() ? Map.of() : Collections.unmodifiableSortedMap(new TreeMap<>(headers));
  }

  /** Returns the text of checked headers; null if there are none. */
  static @Nullable String encode(Map<String, String> headers) {
    if (headers.isEmpty()) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    headers.forEach(
        (name, value) -> {
          text.append(name.length()).append(':').append(name);
          text.append(value.length()).append(':').append(value);
        });
    return text.toString();
  }

  /** Returns the headers of a text of {@link #encode}; {@code workId} is for the exception. */
  static Map<String, String> decode(@Nullable String text, long workId) {
    if (text == null) {
      return Map.of();
    }
    SortedMap<String, String> headers = new TreeMap<>();
    try {
      int at = 0;
      while (at < text.length()) {
        int nameAt = text.indexOf(':', at) + 1;
        int nameEnd = Math.addExact(nameAt, Integer.parseInt(text, at, nameAt - 1, 10));
        int valueAt = text.indexOf(':', nameEnd) + 1;
        int valueEnd = Math.addExact(valueAt, Integer.parseInt(text, nameEnd, valueAt - 1, 10));
        headers.put(text.substring(nameAt, nameEnd), text.substring(valueAt, valueEnd));
        at = valueEnd;
      }
    } catch (IndexOutOfBoundsException | NumberFormatException | ArithmeticException e) {
      throw new StoreCorruptException("work " + workId + " has headers that cannot be read", e);
    }
    return sorted(headers);
  }
}
