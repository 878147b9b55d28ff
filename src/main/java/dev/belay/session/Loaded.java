package dev.belay.session;

import java.util.List;
import java.util.Objects;

/**
 * A session and its history, from one snapshot. Immutable, safe for use by many threads.
 *
 * @param session the head of the session
 * @param history the path from the root to the leaf, root first
 */
public record Loaded(Session session, List<SessionEvent> history) {
  /** Copies {@code history}. */
  public Loaded {
    Objects.requireNonNull(session, "session");
    history = List.copyOf(history);
  }
}
