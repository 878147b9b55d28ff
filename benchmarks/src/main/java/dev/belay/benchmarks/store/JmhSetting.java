package dev.belay.benchmarks.store;

import java.util.Map;

/**
 * What is held fixed while the peers are measured. Immutable.
 *
 * @param text as in the table
 * @param threads how many callers
 * @param params the benchmark's parameters but for the peer's
 */
record JmhSetting(String text, int threads, Map<String, String> params) {
  boolean waitsForDisk() {
    return Sync.FULL.name().equals(params.get("sync"));
  }
}
