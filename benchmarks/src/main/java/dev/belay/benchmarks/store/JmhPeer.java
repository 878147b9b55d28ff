package dev.belay.benchmarks.store;

import java.util.Map;

/**
 * Who is measured. Immutable.
 *
 * @param name as in the table
 * @param params the benchmark's parameters that make it this peer
 */
record JmhPeer(String name, Map<String, String> params) {
  static JmhPeer of(String param, String value) {
    return new JmhPeer(value, Map.of(param, value));
  }
}
