package dev.belay.benchmarks.peer;

import java.util.List;

/**
 * {@code -Dbenchmarks.child.options}: what whoever runs the benchmarks adds to the options of every
 * JVM that they start by themselves. Stateless.
 */
public final class ChildOptions {
  private ChildOptions() {}

  /** None unless given. */
  public static List<String> given() {
    String options = System.getProperty("benchmarks.child.options", "");
    return options.isBlank() ? List.of() : List.of(options.trim().split("\\s+"));
  }
}
