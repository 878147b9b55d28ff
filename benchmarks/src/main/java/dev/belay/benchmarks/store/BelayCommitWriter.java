package dev.belay.benchmarks.store;

import dev.belay.Belay;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;

/**
 * Belay's facade with the same effect: a commit of one event without an operation id. Safe for use
 * by many threads.
 */
final class BelayCommitWriter implements SessionWriter {
  private final Belay belay;

  BelayCommitWriter(StoreSettings settings) {
    this.belay = settings.openBelay();
  }

  @Override
  public int write(OwnSession session, String payload) {
    belay
        .sessions()
        .commit(
            SessionCommit.to(session.id(), session.revision())
                .append(NewEvent.of(EVENT_TYPE, payload)))
        .orThrow();
    session.advanced();
    return 0;
  }

  @Override
  public void close() {
    belay.close();
  }
}
