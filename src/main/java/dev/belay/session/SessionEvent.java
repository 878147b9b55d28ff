package dev.belay.session;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a session's log. Immutable, safe for use by many threads.
 *
 * @param sessionId the session's id
 * @param seq its place in the log, from 1
 * @param parentSeq the event that it follows in its history, 0 for none; always before {@code seq}
 * @param eventId the id that the caller gave it, if any
 * @param type the caller's word for what it is
 * @param payload the caller's text
 * @param at when it was committed
 */
public record SessionEvent(
    String sessionId,
    long seq,
    long parentSeq,
    @Nullable String eventId,
    String type,
    String payload,
    Instant at) {
  /** Refuses what no event can be. */
  public SessionEvent {
    Objects.requireNonNull(sessionId, "sessionId");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(payload, "payload");
    Objects.requireNonNull(at, "at");
    if (parentSeq < 0 || parentSeq >= seq) {
      throw new IllegalArgumentException(
          "parentSeq must be from 0 to before seq " + seq + ": " + parentSeq);
    }
  }
}
