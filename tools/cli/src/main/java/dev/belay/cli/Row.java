package dev.belay.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * One thing of a store, as names and values: a line of a table, or an object of JSON. The names are
 * stable. Belongs to one thread.
 */
final class Row {
  private final Map<String, Object> values = new LinkedHashMap<>();

  /** Returns a row of one kind; programs tell by it what a line of JSON is. */
  static Row of(String kind) {
    return new Row().with("kind", kind);
  }

  /** Adds a value: a text, a number, a boolean, an instant, or null. */
  Row with(String name, Object value) {
    values.put(name, value);
    return this;
  }

  Set<Map.Entry<String, Object>> entries() {
    return values.entrySet();
  }

  Object value(String name) {
    return values.get(name);
  }
}
