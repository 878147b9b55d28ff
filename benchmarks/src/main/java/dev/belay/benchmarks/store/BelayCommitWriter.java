package dev.belay.benchmarks.store;

import dev.belay.Belay;
import dev.belay.benchmarks.peer.OwnSession;
import dev.belay.benchmarks.peer.SessionFile;
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
  public int write(OwnSession session, String payload, int count) {
    if (count == 1) {
      belay.sessions().commit(commit(session, 0, payload)).orThrow();
    } else {
      belay.useWrite(
          tx -> {
            for (int i = 0; i < count; i++) {
              belay.sessions().commit(tx, commit(session, i, payload)).orThrow();
            }
          });
    }
    session.advanced(count);
    return 0;
  }

  private static SessionCommit commit(OwnSession session, int done, String payload) {
    return SessionCommit.to(session.id(), session.revision() + done)
        .append(NewEvent.of(SessionFile.TYPE, payload));
  }

  @Override
  public void close() {
    belay.close();
  }
}
