package dev.belay.session;

import java.time.Instant;
import java.util.Objects;

/**
 * A session's head at one moment. Immutable, safe for use by many threads.
 *
 * @param id the session's id
 * @param revision how many commits and clears it has seen, from 1
 * @param leafSeq the event at which it stands, 0 for none
 * @param state the caller's own text, {@code ""} until a commit sets it
 * @param createdAt when its first commit happened, since it was cleared last
 * @param updatedAt when its last commit happened
 */
public record Session(
    String id, long revision, long leafSeq, String state, Instant createdAt, Instant updatedAt) {
  /** Refuses what no session can be. */
  public Session {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(updatedAt, "updatedAt");
    if (revision < 1) {
      throw new IllegalArgumentException("revision must be from 1: " + revision);
    }
    if (leafSeq < 0) {
      throw new IllegalArgumentException("leafSeq must not be negative: " + leafSeq);
    }
  }
}
