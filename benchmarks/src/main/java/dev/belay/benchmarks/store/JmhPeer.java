package dev.belay.benchmarks.store;

import java.util.Map;

/**
 * Who is measured. Immutable.
 *
 * @param name as in the table
 * @param params the benchmark's parameters that make it this peer
 * @param threads how many callers, where the peers differ in that; 0: as many as the setting says
 * @param quick whether it is ready at once; one that is not has no part in a smoke run
 */
record JmhPeer(String name, Map<String, String> params, int threads, boolean quick) {
  /** One with as many callers as the setting says. */
  JmhPeer(String name, Map<String, String> params, boolean quick) {
    this(name, params, 0, quick);
  }

  /** One that is its parameter. */
  static JmhPeer of(String param, String value) {
    return new JmhPeer(value, Map.of(param, value), true);
  }
}
