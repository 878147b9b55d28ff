package dev.belay.adk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.adk.sessions.State;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes of a state, by whose state they change. A key has its prefix everywhere, and the JSON
 * null if it is to be removed. Belongs to the thread that made it, and then to the body that
 * applies it.
 */
record StateChanges(
    Map<String, JsonNode> app, Map<String, JsonNode> user, Map<String, JsonNode> session) {

  /** Returns the changes that {@code temp} lets into a store. */
  static StateChanges of(Map<String, ? extends @Nullable Object> changes, TempState temp) {
    StateChanges all =
        new StateChanges(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
    changes.forEach(
        (key, value) -> {
          if (temp.stores(key)) {
            all.scope(key).put(key, json(key, value));
          }
        });
    return all;
  }

  /** Returns whether all sessions of a user, or of an application, see {@code key}. */
  static boolean isShared(String key) {
    return key.startsWith(State.APP_PREFIX) || key.startsWith(State.USER_PREFIX);
  }

  /** Changes {@code state}; returns whether it is another one now. */
  static boolean apply(Map<String, JsonNode> changes, ObjectNode state) {
    boolean changed = false;
    for (Map.Entry<String, JsonNode> change : changes.entrySet()) {
      JsonNode value = change.getValue();
      JsonNode before =
          value.isNull() ? state.remove(change.getKey()) : state.replace(change.getKey(), value);
      changed |= value.isNull() ? before != null : !value.equals(before);
    }
    return changed;
  }

  private Map<String, JsonNode> scope(String key) {
    if (key.startsWith(State.APP_PREFIX)) {
      return app;
    }
    return key.startsWith(State.USER_PREFIX) ? user : session;
  }

  private static JsonNode json(String key, @Nullable Object value) {
    // The sentinel would become a text that is like any other.
    return value == State.REMOVED
        ? NullNode.getInstance()
        : Json.tree("the value of state key '" + key + "'", value);
  }
}
