package dev.belay.adk;

import com.google.adk.events.Event;
import com.google.adk.events.EventActions;
import java.util.Map;

/** Events as the tests append them. Stateless, safe for use by many threads. */
final class Events {
  private Events() {}

  /** Returns an event with this id and these changes of state. */
  static Event of(String id, Map<String, Object> delta) {
    return with(delta).toBuilder().id(id).author("agent").invocationId("i-1").build();
  }

  /** Returns an event without an id. */
  static Event with(Map<String, Object> delta) {
    return Event.builder().actions(EventActions.builder().stateDelta(delta).build()).build();
  }

  /** Returns an event without an id and without changes, at a time in milliseconds. */
  static Event at(long timestamp) {
    return Event.builder().timestamp(timestamp).build();
  }
}
