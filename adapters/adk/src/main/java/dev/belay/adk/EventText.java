package dev.belay.adk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.adk.events.Event;
import com.google.adk.events.EventActions;
import com.google.adk.sessions.State;
import dev.belay.session.SessionEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** ADK's events as text. Stateless, safe for use by many threads. */
final class EventText {
  private EventText() {}

  /** Returns what is stored of {@code event}. */
  static String of(Event event, TempState temp) {
    JsonNode tree = Json.tree("event " + event.id(), event);
    if (tree.path("actions").path("stateDelta") instanceof ObjectNode delta) {
      stateDelta(event)
          .forEach(
              (key, value) -> {
                if (!temp.stores(key)) {
                  delta.remove(key);
                } else if (value == State.REMOVED) {
                  delta.putNull(key); // ADK's own text for it would be read as a text
                }
              });
    }
    sort(tree.path("longRunningToolIds"));
    sort(tree.path("actions").path("deletedArtifactIds"));
    return Json.write(tree);
  }

  /** A set has no order of its own; sorted, the same event is the same JSON in every process. */
  private static void sort(JsonNode set) {
    if (set instanceof ArrayNode array) {
      List<JsonNode> sorted = new ArrayList<>();
      array.forEach(sorted::add);
      sorted.sort(Comparator.comparing(JsonNode::asText));
      array.removeAll().addAll(sorted);
    }
  }

  /** Returns whether both texts say the same event. */
  static boolean isSame(String one, String other) {
    // Not by ADK's equals, which compares bytes by identity; nor by the text, for maps have no
    // order.
    return one.equals(other) || Json.object(one).equals(Json.object(other));
  }

  /** Returns the changes of state that {@code event} brings. */
  static Map<String, Object> stateDelta(Event event) {
    @Nullable EventActions actions = event.actions();
    return actions == null || actions.stateDelta() == null ? Map.of() : actions.stateDelta();
  }

  /** Returns the event that was stored as {@code text}. */
  static Event event(String text) {
    ObjectNode tree = Json.object(text);
    List<String> removed = new ArrayList<>();
    if (tree.path("actions").path("stateDelta") instanceof ObjectNode delta) {
      delta.fieldNames().forEachRemaining(key -> addIfNull(delta, key, removed));
      delta.remove(removed); // not every version of ADK takes null for a removal
    }
    Event event = Json.value(tree, Event.class);
    removed.forEach(event.actions()::removeStateByKey);
    return event;
  }

  private static void addIfNull(ObjectNode delta, String key, List<String> removed) {
    if (delta.path(key).isNull()) {
      removed.add(key);
    }
  }

  /** Returns the event's own time. */
  static Instant time(SessionEvent event) {
    return Instant.ofEpochMilli(Json.object(event.payload()).path("timestamp").longValue());
  }
}
