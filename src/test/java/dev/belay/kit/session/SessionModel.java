package dev.belay.kit.session;

import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.DuplicateEvent;
import dev.belay.session.CommitOutcome.OperationConflict;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.session.CommitOutcome.UnknownParent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What sessions do, in plain Java, regardless of cost. Belongs to one test. */
final class SessionModel {
  /** What a commit says, as the model needs it. */
  record Change(
      String id,
      @Nullable Long expected,
      @Nullable String operation,
      @Nullable Long parent,
      List<String> eventIds,
      @Nullable String state) {}

  /** An event: its place, its parent, its id. */
  record Event(long seq, long parent, String id) {}

  private record Receipt(Change content, Committed committed, long atMs) {}

  /** A session, of which nothing is ever thrown away. */
  private static final class Known {
    private long revision;
    private long leaf;
    private long last;
    private String state = "";
    private boolean present;
    private boolean deleted;
    private final List<Event> events = new ArrayList<>();
    private final Map<String, Receipt> receipts = new HashMap<>();
  }

  private final Map<String, Known> sessions = new TreeMap<>();

  CommitOutcome commit(Change change, long nowMs) {
    Known known = sessions.getOrDefault(change.id(), new Known());
    if (known.deleted) {
      return new SessionDeleted(change.id());
    }
    Receipt receipt = change.operation() == null ? null : known.receipts.get(change.operation());
    if (receipt != null) {
      Committed was = receipt.committed();
      return isSame(receipt.content(), change)
          ? new Committed(was.revision(), was.firstSeq(), was.lastSeq(), List.of(), true)
          : new OperationConflict(String.valueOf(change.operation()));
    }
    long seen = known.present ? known.revision : 0;
    if (change.expected() != null && change.expected() != seen) {
      return new RevisionConflict(change.expected(), seen);
    }
    Long parent = change.parent();
    if (parent != null
        && parent != 0
        && known.events.stream().noneMatch(event -> event.seq() == parent)) {
      return new UnknownParent(parent);
    }
    for (String id : change.eventIds()) {
      for (Event event : known.events) {
        if (event.id().equals(id)) {
          return new DuplicateEvent(id, event.seq());
        }
      }
    }
    return write(known, change, nowMs);
  }

  private Committed write(Known known, Change change, long nowMs) {
    Long parent = change.parent();
    long leaf = parent == null ? known.leaf : parent;
    long first = known.last + 1;
    for (String id : change.eventIds()) {
      known.last++;
      known.events.add(new Event(known.last, leaf, id));
      leaf = known.last;
    }
    known.leaf = leaf;
    known.revision++;
    known.present = true;
    if (change.state() != null) {
      known.state = change.state();
    }
    Committed committed = new Committed(known.revision, first, known.last, List.of(), false);
    if (change.operation() != null) {
      known.receipts.put(change.operation(), new Receipt(change, committed, nowMs));
    }
    sessions.put(change.id(), known);
    return committed;
  }

  private static boolean isSame(Change one, Change other) {
    return Objects.equals(one.parent(), other.parent())
        && one.eventIds().equals(other.eventIds())
        && Objects.equals(one.state(), other.state());
  }

  boolean delete(String id) {
    Known known = sessions.get(id);
    if (known == null || known.deleted) {
      return false;
    }
    known.deleted = true;
    known.present = false;
    return true;
  }

  boolean clear(String id) {
    Known known = sessions.get(id);
    if (known == null || known.deleted) {
      return false;
    }
    known.revision++;
    known.leaf = 0;
    known.state = "";
    known.present = false;
    known.events.clear();
    known.receipts.clear();
    return true;
  }

  int forget(String id, long beforeMs) {
    Known known = sessions.get(id);
    if (known == null || !known.present) {
      return 0;
    }
    int before = known.receipts.size();
    known.receipts.values().removeIf(receipt -> receipt.atMs() < beforeMs);
    return before - known.receipts.size();
  }

  /** The sessions that can be seen: id, revision, leaf and state of each. */
  List<List<Object>> heads() {
    List<List<Object>> heads = new ArrayList<>();
    sessions.forEach(
        (id, known) -> {
          if (known.present) {
            heads.add(List.of(id, known.revision, known.leaf, known.state));
          }
        });
    return heads;
  }

  /** The log of a session. */
  List<Event> events(String id) {
    Known known = sessions.get(id);
    return known == null || !known.present ? List.of() : List.copyOf(known.events);
  }

  /** The history of a session. */
  List<Event> history(String id) {
    List<Event> path = new ArrayList<>();
    Map<Long, Event> bySeq = new HashMap<>();
    events(id).forEach(event -> bySeq.put(event.seq(), event));
    Known known = sessions.get(id);
    Event event = known == null ? null : bySeq.get(known.leaf);
    while (event != null) {
      path.add(0, event);
      event = bySeq.get(event.parent());
    }
    return path;
  }
}
