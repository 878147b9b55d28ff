package dev.belay.adk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.adk.events.Event;
import com.google.adk.sessions.Session;
import com.google.adk.sessions.State;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction has appended, or found appended before. Belongs to one thread at a time.
 *
 * @param revision the revision after the commit
 * @param shared the state of the application and the user, after the event
 * @param before what the event with this id said when it was appended before; null if it was not
 * @param isLast whether that event is the last one
 */
record Appended(long revision, ObjectNode shared, @Nullable String before, boolean isLast) {

  /** Lets the caller's session see the event. */
  void showTo(Session session, Event event) {
    if (before == null || session.events().stream().noneMatch(has(event))) {
      EventText.stateDelta(event).forEach((key, value) -> change(session.state(), key, value));
      session.events().add(event);
      session.lastUpdateTime(Instant.ofEpochMilli(event.timestamp()));
    }
    session.state().keySet().removeIf(key -> StateChanges.isShared(key) && !shared.has(key));
    session.state().putAll(Json.map(shared));
  }

  private static Predicate<Event> has(Event event) {
    return other -> event.id().equals(other.id());
  }

  private static void change(Map<String, Object> state, String key, Object value) {
    if (value == State.REMOVED) {
      state.remove(key);
    } else {
      state.put(key, value);
    }
  }
}
