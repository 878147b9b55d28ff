package dev.belay.langchain4j;

import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.session.Sessions;
import dev.belay.store.Tx;
import dev.langchain4j.data.message.ChatMessageType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The window of a session, as of one transaction. Immutable, safe for use by many threads.
 *
 * @param revision the revision of the session, 0 if it does not exist
 * @param leafSeq the seq of its leaf
 * @param events the events of the window, in its order
 */
record Window(String id, long revision, long leafSeq, List<SessionEvent> events) {
  static Window read(Sessions sessions, Tx tx, String id) {
    Optional<Session> found = sessions.find(tx, id);
    if (found.isEmpty()) {
      return new Window(id, 0, 0, List.of());
    }
    Session head = found.get();
    List<SessionEvent> events = new ArrayList<>();
    if (head.state().isEmpty()) { // as its first commit leaves it: the window is the log
      read(sessions, tx, id, new Seqs.Range(1, Long.MAX_VALUE), events);
    }
    for (Seqs.Range range : Seqs.parse(id, head.state())) {
      long lastRead = read(sessions, tx, id, range, events);
      if (lastRead != range.last()) {
        throw new IllegalStateException(
            "session '"
                + id
                + "' has a window up to event "
                + range.last()
                + ", but no such event");
      }
    }
    return new Window(id, head.revision(), head.leafSeq(), events);
  }

  /** Returns the last seq that was read, one less than the first of the range if there is none. */
  private static long read(
      Sessions sessions, Tx tx, String id, Seqs.Range range, List<SessionEvent> into) {
    long after = range.first() - 1;
    while (after < range.last()) {
      int limit = (int) Math.min(Sessions.LIMIT_MAX, range.last() - after);
      List<SessionEvent> page = sessions.events(tx, id, after, limit);
      if (page.isEmpty()) {
        return after;
      }
      into.addAll(page);
      after = page.get(page.size() - 1).seq();
    }
    return after;
  }

  /** Returns the last seq of the log, 0 if there is none: the next commit continues from it. */
  long lastSeq(Sessions sessions, Tx tx) {
    // The leaf is the last event, unless a foreign commit moved it.
    Seqs.Range later = new Seqs.Range(leafSeq + 1, Long.MAX_VALUE);
    return read(sessions, tx, id, later, new ArrayList<>());
  }

  /**
   * Returns the commit that makes {@code wanted} the window, empty if it is the window.
   *
   * @param lastSeq the last seq of the log
   */
  Optional<SessionCommit> change(List<NewEvent> wanted, long lastSeq) {
    List<Long> seqs = new ArrayList<>();
    List<NewEvent> fresh = new ArrayList<>();
    int from = 0;
    for (NewEvent message : wanted) {
      int found = indexOf(message, from);
      if (found >= 0) {
        seqs.add(events.get(found).seq());
        from = found + 1;
      } else {
        fresh.add(message);
        seqs.add(lastSeq + fresh.size());
        from = isSystem(message) ? from : events.size();
      }
    }
    if (seqs.equals(events.stream().map(SessionEvent::seq).toList())) {
      return Optional.empty();
    }
    SessionCommit commit = SessionCommit.to(id, revision).append(fresh);
    // A session that was cleared continues to count, but does not say from where.
    return Optional.of(revision == 0 ? commit : commit.state(Seqs.text(seqs)));
  }

  private int indexOf(NewEvent message, int from) {
    for (int i = from; i < events.size(); i++) {
      if (MessageJson.isSame(events.get(i), message)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isSystem(NewEvent message) {
    return message.type().equals(ChatMessageType.SYSTEM.name());
  }
}
