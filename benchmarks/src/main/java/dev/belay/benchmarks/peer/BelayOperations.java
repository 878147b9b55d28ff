package dev.belay.benchmarks.peer;

import dev.belay.session.SessionDao;
import dev.belay.store.Tx;

/** The operation of {@link RawOperations} through Belay's own DAO. Stateless. */
public final class BelayOperations {
  private BelayOperations() {}

  /**
   * The operation inside a transaction: the head moves, one event is appended. A body may run
   * twice, so it counts from where the session is known to be.
   *
   * @param done how many operations this transaction has done on the session before
   */
  public static void advanceAndAppend(Tx tx, OwnSession session, int done, String payload) {
    SessionDao dao = tx.attach(SessionDao.class);
    long nowMs = tx.now().toEpochMilli();
    long seq = session.lastSeq() + done + 1;
    if (dao.advance(session.no(), session.revision() + done, seq, seq, nowMs) != 1) {
      throw new IllegalStateException("somebody else moved " + session.id());
    }
    dao.append(session.no(), seq, seq - 1, nowMs, null, SessionFile.TYPE, payload);
  }
}
