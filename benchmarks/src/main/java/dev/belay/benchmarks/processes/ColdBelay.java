package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.benchmarks.child.Task;
import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.SessionFile;
import dev.belay.session.SessionDao;
import dev.belay.store.Tx;
import java.nio.file.Path;

/**
 * A JVM that has never heard of Belay opens a store, reads a session and writes it; then it opens
 * the store again and again. Belongs to the main thread.
 */
public final class ColdBelay implements Task {
  @Override
  public Values run(Values settings, long startNanos) {
    Path file = settings.file();
    Pause.until(startNanos);
    long start = System.nanoTime();
    try (Belay belay = Belay.open(file)) {
      long opened = System.nanoTime();
      belay.sessions().load("session-1").orElseThrow();
      long read = System.nanoTime();
      long locked = belay.write(ColdBelay::write);
      long written = System.nanoTime();
      return new Values()
          .with("open", opened - start)
          .with("read", read - opened)
          .with("write", written - read)
          .with("held", written - locked);
    }
  }

  /**
   * Moves the session's head and returns when the lock was held. Only the first JVM finds the head
   * where it looks for it; what there is to load and compile is the same for all.
   */
  private static long write(Tx tx) {
    long locked = System.nanoTime();
    SessionDao dao = tx.attach(SessionDao.class);
    long nowMs = tx.now().toEpochMilli();
    dao.advance(1, SessionFile.REVISION, SessionFile.SEQ, SessionFile.SEQ, nowMs);
    return locked;
  }
}
