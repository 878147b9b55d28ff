package dev.belay.adk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.adk.events.Event;
import com.google.adk.sessions.Session;
import dev.belay.session.SessionEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A session as a transaction found it. Belongs to one thread at a time.
 *
 * @param state its state, with that of its application and user
 * @param last the last event, if it has any
 * @param events the events that were asked for
 */
record Snapshot(
    dev.belay.session.Session head,
    ObjectNode state,
    @Nullable SessionEvent last,
    List<SessionEvent> events) {

  /** Returns ADK's session, with those of the events that {@code wanted} accepts. */
  Session session(Owner owner, Predicate<Event> wanted) {
    return Session.builder(owner.idOf(head.id()))
        .appName(owner.app())
        .userId(owner.user())
        .state(new ConcurrentHashMap<>(Json.map(state)))
        .events(
            events.stream()
                .map(event -> EventText.event(event.payload()))
                .filter(wanted)
                .collect(Collectors.toCollection(ArrayList::new))) // appends grow it
        .lastUpdateTime(lastUpdateTime())
        .build();
  }

  private Instant lastUpdateTime() {
    return last == null ? head.createdAt() : EventText.time(last);
  }
}
