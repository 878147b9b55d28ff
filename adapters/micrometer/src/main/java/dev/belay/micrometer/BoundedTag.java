package dev.belay.micrometer;

import io.micrometer.core.instrument.Tag;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A tag with a bounded number of values: the first values keep their names, all others are {@link
 * #OTHER}. Safe for use by many threads.
 */
final class BoundedTag {
  static final String OTHER = "other";

  /** The value for a text that is empty, which some registries refuse. */
  static final String NONE = "none";

  private final String key;
  private final int valuesMax;
  private final Set<String> values = ConcurrentHashMap.newKeySet();

  BoundedTag(String key, int valuesMax) {
    this.key = key;
    this.valuesMax = valuesMax;
  }

  Tag tag(String value) {
    return Tag.of(key, value(value));
  }

  String value(String value) {
    if (value.isEmpty()) {
      return NONE;
    }
    if (values.contains(value)) {
      return value;
    }
    synchronized (values) {
      if (values.size() < valuesMax) {
        values.add(value);
      }
    }
    return values.contains(value) ? value : OTHER;
  }
}
