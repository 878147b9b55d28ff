package dev.belay.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a session's log. Immutable, safe for use by many threads.
 *
 * @param sessionId the session's id
 * @param seq its position in the log, from 1
 * @param parentSeq seq of the event that it follows in its history, 0 for none; always less than
 *     {@code seq}
 * @param eventId the id that the caller gave to the event, null for none
 * @param type the type of the event, which the caller chooses
 * @param payload a text of the caller
 * @param at instant of its commit
 */
public record SessionEvent(
    String sessionId,
    long seq,
    long parentSeq,
    @Nullable String eventId,
    String type,
    String payload,
    Instant at) {
  /** Refuses values that no event can have. */
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

  /** Without the payload, which must not reach a log. */
  @Override
  public String toString() {
    return "SessionEvent[sessionId="
        + sessionId
        + ", seq="
        + seq
        + ", parentSeq="
        + parentSeq
        + ", eventId="
        + eventId
        + ", type="
        + type
        + "]";
  }

  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  static final class Mapper implements RowMapper<SessionEvent> {
    @Override
    public SessionEvent map(ResultSet row, StatementContext context) throws SQLException {
      return new SessionEvent(
          row.getString(1),
          row.getLong(2),
          row.getLong(3),
          row.getString(4),
          row.getString(5),
          row.getString(6),
          Instant.ofEpochMilli(row.getLong(7)));
    }
  }
}
