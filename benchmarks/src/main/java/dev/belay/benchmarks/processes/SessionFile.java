package dev.belay.benchmarks.processes;

import dev.belay.Belay;
import dev.belay.session.SessionDao;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Makes the file that all processes write: up to date, with sessions to append to. Stateless. */
final class SessionFile {
  /** Where each session stands at first. */
  static final long REVISION = 1;

  static final long SEQ = 1;

  /** What each event carries: 200 bytes. */
  static final String PAYLOAD = "x".repeat(200);

  static final String TYPE = "message";

  /** What migrating a new file tells is no news here. Kept, or the level is forgotten. */
  private static final Logger FLYWAY = Logger.getLogger("org.flywaydb");

  private SessionFile() {}

  /** Makes sessions 1 to {@code sessions}, each with one event. */
  static void create(Path file, int sessions) {
    FLYWAY.setLevel(Level.WARNING);
    try (Belay belay = Belay.open(file)) {
      belay.useWrite(
          tx -> {
            SessionDao dao = tx.attach(SessionDao.class);
            long nowMs = tx.now().toEpochMilli();
            for (int i = 1; i <= sessions; i++) {
              long no = dao.create("session-" + i, SEQ, SEQ, nowMs);
              if (no != i) {
                throw new IllegalStateException("session " + i + " has the number " + no);
              }
              dao.append(no, SEQ, 0, nowMs, null, TYPE, PAYLOAD);
            }
          });
    }
  }
}
