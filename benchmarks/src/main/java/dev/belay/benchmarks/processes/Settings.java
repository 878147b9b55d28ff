package dev.belay.benchmarks.processes;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link Task} is told, as names and values. Immutable; every {@code with} returns a changed
 * copy.
 */
record Settings(Map<String, String> values) {
  Settings {
    values = Map.copyOf(values);
  }

  static Settings of(Path file) {
    return new Settings(Map.of("file", file.toString()));
  }

  /** As a child's command line has them: {@code name=value}. */
  static Settings parse(List<String> arguments) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      values.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    return new Settings(values);
  }

  List<String> arguments() {
    return values.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  Settings with(String name, Object value) {
    Map<String, String> changed = new LinkedHashMap<>(values);
    changed.put(name, value.toString());
    return new Settings(changed);
  }

  Path file() {
    return Path.of(text("file"));
  }

  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("a task needs the setting '" + name + "': " + values);
    }
    return value;
  }

  int number(String name) {
    return Integer.parseInt(text(name));
  }
}
