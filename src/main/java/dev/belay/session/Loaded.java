package dev.belay.session;

import java.util.List;
import java.util.Objects;

/**
 * A session and its history, from one snapshot. Immutable, safe for use by many threads.
 *
 * @param session the head
 * @param history the path to its leaf, root first
 */
public record Loaded(Session session, List<SessionEvent> history) {
  /** Copies {@code history}. */
  public Loaded {
    Objects.requireNonNull(session, "session");
    history = List.copyOf(history);
  }
}
