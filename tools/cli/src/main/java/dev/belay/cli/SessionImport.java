package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.Tx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes new sessions of what {@link SessionExport} wrote. The file is read twice: all of it is
 * checked before anything is written. Belongs to one thread.
 */
final class SessionImport {
  private static final int CHAIN_MAX = 1_000;
  private static final int CHAIN_CHARS_MAX = 4 << 20;
  private static final int FILLED_MAX = 10_000;
  private static final int FREED = 100_000;

  private final Belay belay;
  private final Path file;

  SessionImport(Belay belay, Path file) {
    this.belay = belay;
    this.file = file;
  }

  /** Imports all sessions, and hands each that is committed to {@code imported}. */
  void run(Consumer<Row> imported) throws IOException {
    Map<String, Long> offsets = check();
    for (String id : offsets.keySet()) {
      if (belay.sessions().find(id).isPresent()) {
        throw new Refused("session '" + id + "' exists; nothing was imported");
      }
    }
    for (Map.Entry<String, Long> session : offsets.entrySet()) {
      long events =
          belay.<Long, IOException>write(
              tx -> {
                try (SessionFile lines = SessionFile.open(file, session.getValue())) {
                  return new OneSession(tx, lines).write();
                }
              });
      imported.accept(Row.of("imported").with("id", session.getKey()).with("events", events));
    }
    while (belay.sessions().free(FREED) > 0) {
      // rows that stood for cleared ones
    }
  }

  /** Reads the whole file, and returns the offset of each session. */
  private Map<String, Long> check() throws IOException {
    Map<String, Long> offsets = new LinkedHashMap<>();
    try (SessionFile lines = SessionFile.open(file, 0)) {
      while (lines.next()) {
        lines.require(lines.is("session"), "is of no session that has begun");
        lines.require(
            lines.number("format") == SessionExport.FORMAT, "is of a format that is not known");
        String id = lines.sessionId();
        lines.require(
            offsets.put(id, lines.offset()) == null, "is of a session that was there before");
        checkEvents(id, lines.number("leaf"), lines.text("state"), lines);
      }
    }
    if (offsets.isEmpty()) {
      throw new Refused("no sessions in " + file);
    }
    return offsets;
  }

  private static void checkEvents(String id, long leaf, String state, SessionFile lines)
      throws IOException {
    lines.require(lines.next(), "is the last, but has no end");
    long first = lines.is("event") ? lines.number("seq") : 1;
    lines.require(first >= 1, "has no seq");
    long seq = first;
    while (lines.is("event")) {
      long parent = lines.number("parent");
      lines.require(lines.sessionId().equals(id), "is of another session");
      lines.require(lines.number("seq") == seq, "is not the event " + seq);
      lines.require(
          parent == 0 || (parent >= first && parent < seq), "follows an event that is not there");
      NewEvent unused = lines.event();
      seq++;
      lines.require(lines.next(), "is the last, but no end");
    }
    lines.require(
        lines.is("end") && lines.sessionId().equals(id), "is not the end of '" + id + "'");
    lines.require(lines.number("events") == seq - first, "counts other events than there are");
    lines.require(
        leaf == 0 || (leaf >= first && leaf < seq), "ends a session whose leaf is not there");
  }

  /** One session, in one transaction: a failed import leaves no id behind. Belongs to its body. */
  private final class OneSession {
    private final Tx tx;
    private final SessionFile lines;
    private final List<NewEvent> chain = new ArrayList<>();
    private String id;
    private long revision;
    private long parent;
    private long last;
    private long chars;

    OneSession(Tx tx, SessionFile lines) {
      this.tx = tx;
      this.lines = lines;
    }

    long write() throws IOException {
      boolean unused = lines.next();
      id = lines.sessionId();
      long leaf = lines.number("leaf");
      String state = lines.text("state");
      unused = lines.next();
      if (lines.is("event") && lines.number("seq") > 1) {
        fill(lines.number("seq") - 1);
      }
      long first = last;
      while (lines.is("event")) {
        add(lines.event(), lines.number("parent"));
        unused = lines.next();
      }
      appendChain();
      if (revision == 0 || leaf != last || !state.isEmpty()) {
        Committed head = commit(to().parent(leaf).state(state));
        revision = head.revision();
      }
      return last - first;
    }

    /** A session that was cleared goes on counting: so does its copy, after as many events. */
    private void fill(long seqs) {
      while (last < seqs) {
        int more = (int) Math.min(FILLED_MAX, seqs - last);
        last =
            commit(to().append(java.util.Collections.nCopies(more, NewEvent.of("cleared", ""))))
                .lastSeq();
      }
      boolean unused = belay.sessions().clear(tx, id);
      revision = 0;
    }

    private void add(NewEvent event, long follows) {
      boolean goesOn =
          !chain.isEmpty()
              && follows == last
              && chain.size() < CHAIN_MAX
              && chars < CHAIN_CHARS_MAX;
      if (!goesOn) {
        appendChain();
        parent = follows;
      }
      chain.add(event);
      chars += event.payload().length();
      last++;
    }

    private void appendChain() {
      if (!chain.isEmpty()) {
        Committed committed = commit(appending());
        if (committed.lastSeq() != last) {
          throw new Refused("session '" + id + "' exists in part: its next event is not " + last);
        }
        chain.clear();
        chars = 0;
      }
    }

    private SessionCommit appending() {
      try {
        return to().parent(parent).append(chain);
      } catch (IllegalArgumentException e) { // an event id twice
        throw new Refused("session '" + id + "': " + e.getMessage());
      }
    }

    private SessionCommit to() {
      return SessionCommit.to(id, revision);
    }

    private Committed commit(SessionCommit commit) {
      CommitOutcome outcome = belay.sessions().commit(tx, commit);
      if (outcome instanceof Committed committed) {
        revision = committed.revision();
        return committed;
      }
      throw new Refused(
          outcome instanceof CommitOutcome.DuplicateEvent twice
              ? "session '" + id + "' has the event id '" + twice.eventId() + "' twice"
              : outcome instanceof CommitOutcome.SessionDeleted
                  ? "the id '" + id + "' was deleted, and can never be used again"
                  : "session '" + id + "' exists");
    }
  }
}
