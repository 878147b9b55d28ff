package dev.belay.benchmarks.store;

import dev.belay.Belay;
import dev.belay.session.SessionDao;
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
      advanceAndAppendOne(tx, session, i, payload);
    }
  }

  /* A body may run twice, so it counts from where the session is known to be. */
  private static void advanceAndAppendOne(Tx tx, OwnSession session, int done, String payload) {
    SessionDao dao = tx.attach(SessionDao.class);
    long nowMs = tx.now().toEpochMilli();
    long seq = session.lastSeq() + done + 1;
    if (dao.advance(session.no(), session.revision() + done, seq, seq, nowMs) != 1) {
      throw new IllegalStateException("somebody else moved " + session.id());
    }
    dao.append(session.no(), seq, seq - 1, nowMs, null, EVENT_TYPE, payload);
  }

  @Override
  public void close() {
    belay.close();
  }
}
