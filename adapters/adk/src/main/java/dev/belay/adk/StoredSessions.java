package dev.belay.adk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.adk.sessions.SessionException;
import com.google.adk.sessions.SessionNotFoundException;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.session.SessionLine;
import dev.belay.session.Sessions;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What each verb of the service reads and writes. Every method is a part of one transaction. Safe
 * for use by many threads.
 */
final class StoredSessions {
  /* Order of locks, where an engine has any: session, application, user. A commit that finds
   * another revision than was read has the lock by then, so it reads again and is alone.
   */

  /** Sessions that are read in one statement; a page may end in those of other users. */
  private static final int PAGE = 100;

  private final Sessions sessions;

  StoredSessions(Sessions sessions) {
    this.sessions = sessions;
  }

  /** Creates a session; refuses if there is one with this id. */
  Snapshot create(Tx tx, Owner owner, String key, StateChanges changes) {
    ObjectNode state = Json.object("");
    StateChanges.apply(changes.session(), state);
    CommitOutcome outcome = sessions.commit(tx, SessionCommit.to(key, 0).state(Json.write(state)));
    if (outcome instanceof RevisionConflict) {
      throw new SessionException("session " + owner.idOf(key) + " already exists");
    }
    outcome.orThrow();
    Session head = sessions.find(tx, key).orElseThrow();
    return new Snapshot(head, state.setAll(shared(tx, owner, changes)), null, List.of());
  }

  /** Returns a session with its newest events, {@code recent} of them at most. */
  Optional<Snapshot> find(Tx tx, Owner owner, String key, int recent) {
    return sessions
        .find(tx, key)
        .map(
            head -> {
              List<SessionEvent> newest = sessions.history(tx, head.id(), recent == 0 ? 1 : recent);
              return new Snapshot(
                  head,
                  Json.object(head.state()).setAll(shared(tx, owner)),
                  newest.isEmpty() ? null : newest.get(newest.size() - 1),
                  recent == 0 ? List.of() : newest);
            });
  }

  /** Returns the sessions of a user, without their events. */
  List<Snapshot> list(Tx tx, Owner owner) {
    ObjectNode shared = shared(tx, owner);
    List<Snapshot> found = new ArrayList<>();
    String prefix = owner.prefix();
    String after = prefix;
    while (true) {
      List<SessionLine> page = sessions.list(tx, after, PAGE);
      for (SessionLine line : page) {
        if (!line.id().startsWith(prefix)) {
          return found;
        }
        Session head = sessions.find(tx, line.id()).orElseThrow();
        List<SessionEvent> last = sessions.history(tx, line.id(), 1);
        ObjectNode state = Json.object(head.state()).setAll(shared);
        found.add(new Snapshot(head, state, last.isEmpty() ? null : last.get(0), List.of()));
        after = line.id();
      }
      if (page.isEmpty()) {
        return found;
      }
    }
  }

  /**
   * Appends {@code event}, which has an id, and changes the states, unless it was appended before.
   */
  Appended append(Tx tx, Owner owner, String key, NewEvent event, Change change) {
    String id = owner.idOf(key);
    while (true) {
      Session head =
          sessions
              .find(tx, key)
              .orElseThrow(() -> new SessionNotFoundException("session " + id + " not found"));
      Optional<SessionEvent> before = sessions.eventById(tx, key, event.eventId().orElseThrow());
      if (before.isPresent()) {
        boolean isLast = before.get().seq() == head.leafSeq();
        return new Appended(head.revision(), shared(tx, owner), before.get().payload(), isLast);
      }
      if (change.seen().isPresent() && change.seen().getAsLong() != head.revision()) {
        throw new StaleSessionException("session " + id + " has changed since it was read");
      }
      SessionCommit commit = SessionCommit.to(key, head.revision()).append(event);
      CommitOutcome outcome =
          sessions.commit(tx, withState(commit, head, change.changes().session()));
      if (!(outcome instanceof RevisionConflict)) {
        long revision = outcome.orThrow().revision();
        return new Appended(revision, shared(tx, owner, change.changes()), null, true);
      }
    }
  }

  /**
   * What an event does besides being appended. Belongs to the body that applies it.
   *
   * @param seen the revision that the session must have, if any
   */
  record Change(StateChanges changes, OptionalLong seen) {}

  private static SessionCommit withState(
      SessionCommit commit, Session head, Map<String, JsonNode> changes) {
    if (changes.isEmpty()) {
      return commit;
    }
    ObjectNode state = Json.object(head.state());
    return StateChanges.apply(changes, state) ? commit.state(Json.write(state)) : commit;
  }

  private ObjectNode shared(Tx tx, Owner owner) {
    return state(sessions.find(tx, owner.appKey()))
        .setAll(state(sessions.find(tx, owner.userKey())));
  }

  private ObjectNode shared(Tx tx, Owner owner, StateChanges changes) {
    return update(tx, owner.appKey(), changes.app())
        .setAll(update(tx, owner.userKey(), changes.user()));
  }

  private ObjectNode update(Tx tx, String key, Map<String, JsonNode> changes) {
    while (true) {
      Optional<Session> head = sessions.find(tx, key);
      ObjectNode state = state(head);
      if (!StateChanges.apply(changes, state)) {
        return state;
      }
      long revision = head.map(Session::revision).orElse(0L);
      CommitOutcome outcome =
          sessions.commit(tx, SessionCommit.to(key, revision).state(Json.write(state)));
      if (!(outcome instanceof RevisionConflict)) {
        outcome.orThrow();
        return state;
      }
    }
  }

  private static ObjectNode state(Optional<Session> head) {
    return Json.object(head.map(Session::state).orElse(""));
  }
}
