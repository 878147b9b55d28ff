package dev.belay.springai;

import dev.belay.session.Session;
import dev.belay.session.SessionEvent;
import dev.belay.session.Sessions;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which events of a session are the conversation, as runs of adjacent seqs. It is the state of the
 * session: {@code {"window":[[1,1],[92,101]]}}. Immutable, safe for use by many threads.
 */
record Window(String sessionId, List<Run> runs) {
  private static final String WINDOW = "window";

  /** Adjacent events; both ends are inclusive. Immutable, safe for use by many threads. */
  record Run(long first, long last) {
    Run {
      if (first < 1 || last < first) {
        throw new IllegalArgumentException("no run: " + first + " to " + last);
      }
    }
  }

  Window {
    runs = List.copyOf(runs);
  }

  static Window none(String sessionId) {
    return new Window(sessionId, List.of());
  }

  static Window of(Session session) {
    List<Run> runs = new ArrayList<>();
    try {
      JsonNode window = Json.MAPPER.readTree(session.state()).required(WINDOW);
      for (JsonNode run : window) {
        runs.add(new Run(run.required(0).longValue(), run.required(1).longValue()));
      }
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "session " + session.id() + " has no window of a conversation in its state", e);
    }
    return new Window(session.id(), runs);
  }

  /** Returns the window with {@code count} more events from {@code first} on. */
  Window plus(long first, int count) {
    if (count == 0) {
      return this;
    }
    List<Run> more = new ArrayList<>(runs);
    Run added = new Run(first, first + count - 1);
    int end = more.size() - 1;
    if (end >= 0 && more.get(end).last() + 1 == first) {
      more.set(end, new Run(more.get(end).first(), added.last()));
    } else {
      more.add(added);
    }
    return new Window(sessionId, more);
  }

  String toState() {
    ObjectNode state = Json.MAPPER.createObjectNode();
    ArrayNode window = state.putArray(WINDOW);
    for (Run run : runs) {
      window.addArray().add(run.first()).add(run.last());
    }
    return state.toString();
  }

  /** Returns the events. Reads no others, however long the log is. */
  List<SessionEvent> events(Sessions sessions, Tx tx) {
    List<SessionEvent> events = new ArrayList<>();
    for (Run run : runs) {
      long next = run.first();
      while (next <= run.last()) {
        int limit = (int) Math.min(run.last() - next + 1, Sessions.LIMIT_MAX);
        // A page may be shorter than its limit, because it has a limit of bytes too.
        List<SessionEvent> page = sessions.events(tx, sessionId, next - 1, limit);
        if (page.isEmpty() || page.get(page.size() - 1).seq() > run.last()) {
          throw new IllegalStateException(
              "session " + sessionId + " lacks an event of its window, from seq " + next);
        }
        events.addAll(page);
        next = page.get(page.size() - 1).seq() + 1;
      }
    }
    return events;
  }
}
