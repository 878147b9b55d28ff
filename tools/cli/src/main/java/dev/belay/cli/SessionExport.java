package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.session.Session;
import dev.belay.session.SessionEvent;
import dev.belay.session.SessionLine;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * Writes sessions as JSON Lines: a {@code session}, its events in the order of their seqs, and an
 * {@code end} with their number, by which a file that was cut is noticed. Belongs to one thread.
 */
final class SessionExport {
  static final int FORMAT = 1;

  private static final int PAGE = 500;

  private final Belay belay;
  private final OutputStream to;

  SessionExport(Belay belay, OutputStream to) {
    this.belay = belay;
    this.to = to;
  }

  /** Writes one session from one snapshot. Returns false if there is none. */
  boolean write(String id) throws IOException {
    boolean[] begun = {false};
    return belay.<Boolean, IOException>read(
        tx -> {
          if (begun[0]) { // a server ended the transaction; what was written cannot be taken back
            throw new StoreException("the snapshot was lost during the export", null);
          }
          Optional<Session> session = belay.sessions().find(tx, id);
          if (session.isPresent()) {
            begun[0] = true;
            write(tx, session.get());
          }
          return session.isPresent();
        });
  }

  private void write(Tx tx, Session session) throws IOException {
    Json.write(to, Rows.of(session).with("format", FORMAT));
    long events = 0;
    List<SessionEvent> page = belay.sessions().events(tx, session.id(), 0, PAGE);
    while (!page.isEmpty()) {
      for (SessionEvent event : page) {
        Json.write(to, Rows.of(event));
      }
      events += page.size();
      page = belay.sessions().events(tx, session.id(), page.get(page.size() - 1).seq(), PAGE);
    }
    Json.write(to, Row.of("end").with("session", session.id()).with("events", events));
  }

  void writeAll() throws IOException {
    List<SessionLine> page = belay.sessions().list(null, PAGE);
    while (!page.isEmpty()) {
      for (SessionLine session : page) {
        boolean unused = write(session.id()); // deleted meanwhile: it is not there
      }
      page = belay.sessions().list(page.get(page.size() - 1).id(), PAGE);
    }
  }
}
