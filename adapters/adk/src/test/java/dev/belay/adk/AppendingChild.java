package dev.belay.adk;

import com.google.adk.events.Event;
import com.google.adk.sessions.Session;
import dev.belay.Belay;
import dev.belay.testing.Parent;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A process that appends events to a session of the store named by its first argument, from the
 * number that its parent sends on, until it is killed or has appended as many as its third argument
 * says. It says the number of each event once that is stored. Its second argument is its name.
 */
final class AppendingChild {
  private AppendingChild() {}

  public static void main(String[] arguments) {
    Parent parent = new Parent();
    String store = arguments[0];
    String name = arguments[1];
    int events = Integer.parseInt(arguments[2]);
    try (Belay belay =
        store.startsWith("jdbc:") ? Belay.openPostgres(store) : Belay.open(Path.of(store))) {
      BelaySessionService service = BelaySessionService.of(belay);
      Session session = service.getSession("app", "ann", "s-1", Optional.empty()).blockingGet();
      parent.say("ready");
      int first = Integer.parseInt(parent.hear());
      for (int i = first; i < first + events; i++) {
        Event event =
            Events.of(name + "-" + i, delta(name, i)).toBuilder().timestamp(1 + i).build();
        service.appendEvent(session, event).blockingGet();
        parent.say(Integer.toString(i));
      }
    }
  }

  /** Returns the changes of the event {@code i}: one for each scope. */
  static Map<String, Object> delta(String name, int i) {
    return Map.of(name, i, "user:" + name, i, "app:" + name, i);
  }
}
