package dev.belay.benchmarks.store;

import dev.belay.Belay;
import dev.belay.benchmarks.peer.OwnSession;

/**
 * {@link BelayWriter} whose callers also refuse: of ten transactions one throws once it has written
 * everything, and is kept by nobody. Only what is kept counts. Safe for use by many threads.
 */
final class RefusingWriter implements SessionWriter {
  private static final int KEPT_BETWEEN = 9;

  private final Belay belay;

  RefusingWriter(StoreSettings settings) {
    this.belay = settings.openBelay();
  }

  @Override
  public int write(OwnSession session, String payload, int count) {
    if (session.revision() % KEPT_BETWEEN == 0) {
      try {
        belay.useWrite(
            tx -> {
              BelayWriter.advanceAndAppend(tx, session, count, payload);
              throw new Refusal();
            });
      } catch (Refusal e) {
        // as an application's own rule refuses an order: the caller goes on with the next
      }
    }
    belay.useWrite(tx -> BelayWriter.advanceAndAppend(tx, session, count, payload));
    session.advanced(count);
    return 0;
  }

  @Override
  public void close() {
    belay.close();
  }

  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
