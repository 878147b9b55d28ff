package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.benchmarks.child.Values;
import dev.belay.session.SessionDao;
import dev.belay.store.Durability;
import dev.belay.store.Tx;

/** Writes through Belay's public API, with its defaults. Safe for use by many threads. */
final class BelayWriter implements Writer {
  private final Belay belay;

  BelayWriter(Values settings) {
    boolean full = settings.text("synchronous").equals("FULL");
    belay =
        Belay.open(
            settings.file(),
            BelayOptions.defaults()
                .withDurability(full ? Durability.POWER_LOSS : Durability.PROCESS_CRASH)
                .withCommitGroupMax(settings.number("group")));
  }

  @Override
  public void write(int caller, OwnSession session) {
    int moved = belay.write(tx -> append(tx, session));
    if (moved != 1) {
      throw new IllegalStateException("session " + session.no() + " was moved by somebody else");
    }
    session.moved();
  }

  private static int append(Tx tx, OwnSession session) {
    session.locked();
    SessionDao dao = tx.attach(SessionDao.class);
    long nowMs = tx.now().toEpochMilli();
    long seq = session.seq() + 1;
    int moved = dao.advance(session.no(), session.revision(), seq, seq, nowMs);
    dao.append(
        session.no(), seq, session.seq(), nowMs, null, SessionFile.TYPE, SessionFile.PAYLOAD);
    session.written();
    return moved;
  }

  @Override
  public void close() {
    belay.close();
  }
}
