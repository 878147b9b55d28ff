package dev.belay.adk;

import com.google.adk.sessions.Session;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The revision at which each caller's session was read: ADK's class has no place for it. Safe for
 * use by many threads.
 */
final class Revisions {
  // By identity, for ADK's session has no equals; weak, for no caller says that it is done with
  // one.
  private final Map<Session, Long> seen = Collections.synchronizedMap(new WeakHashMap<>());

  /** Notes that {@code session} is as it was at {@code revision}. */
  Session note(Session session, long revision) {
    seen.put(session, revision);
    return session;
  }

  /** Returns the revision that the holder of {@code session} knows. */
  long of(Session session) {
    @Nullable Long revision = seen.get(session);
    if (revision == null) {
      throw new StaleSessionException(
          "session " + session.id() + " was not read from this service; get it first");
    }
    return revision;
  }
}
