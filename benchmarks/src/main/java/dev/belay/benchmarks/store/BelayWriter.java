package dev.belay.benchmarks.store;

import dev.belay.Belay;
import dev.belay.benchmarks.peer.BelayOperations;
import dev.belay.benchmarks.peer.OwnSession;
import dev.belay.store.Tx;

/**
 * Belay's transactions with its own statements: what {@link RawSharedWriter} does, through the
 * public API. Safe for use by many threads.
 */
final class BelayWriter implements SessionWriter {
  private final Belay belay;

  BelayWriter(StoreSettings settings) {
    this.belay = settings.openBelay();
  }

  @Override
  public int write(OwnSession session, String payload, int count) {
    belay.useWrite(tx -> advanceAndAppend(tx, session, count, payload));
    session.advanced(count);
    return 0;
  }

  /** The operation, {@code count} times. */
  static void advanceAndAppend(Tx tx, OwnSession session, int count, String payload) {
    for (int i = 0; i < count; i++) {
      BelayOperations.advanceAndAppend(tx, session, i, payload);
    }
  }

  @Override
  public void close() {
    belay.close();
  }
}
