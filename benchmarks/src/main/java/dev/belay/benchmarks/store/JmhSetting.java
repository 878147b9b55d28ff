package dev.belay.benchmarks.store;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What is held fixed while the peers are measured. Immutable.
 *
 * @param text as in the table
 * @param threads how many callers
 * @param params the benchmark's parameters but for the peer's
 * @param peers the names of those who are measured here; empty: all
 */
record JmhSetting(String text, int threads, Map<String, String> params, Set<String> peers) {
  /** One in which all are measured. */
  JmhSetting(String text, int threads, Map<String, String> params) {
    this(text, threads, params, Set.of());
  }

  /** The same, where only these are measured. */
  JmhSetting of(String... peers) {
    return new JmhSetting(text, threads, params, Set.of(peers));
  }

  /** The same with one more thing held fixed, which the table says too. */
  JmhSetting with(String said, String param, String value) {
    Map<String, String> more = new HashMap<>(params);
    more.put(param, value);
    return new JmhSetting(text + ", " + said, threads, more, peers);
  }

  boolean measures(JmhPeer peer) {
    return peers.isEmpty() || peers.contains(peer.name());
  }

  boolean waitsForDisk() {
    return Sync.FULL.name().equals(params.get("sync"));
  }
}
