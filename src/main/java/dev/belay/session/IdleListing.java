package dev.belay.session;

import dev.belay.store.Tx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists sessions in the order of their last activity, oldest first. Belongs to the body that made
 * it.
 */
final class IdleListing {
  private final SessionListDao dao;
  private final long beforeMs;
  private final int limit;

  IdleListing(Tx tx, long beforeMs, int limit) {
    this.dao = tx.attach(SessionListDao.class);
    this.beforeMs = beforeMs;
    this.limit = limit;
  }

  /** Returns the page that starts after the session {@code id}, or the first page for null. */
  List<SessionLine> after(@Nullable String id) {
    if (id == null) {
      return fromFront();
    }
    long activeMs =
        dao.activeAtMs(Arguments.sessionId(id))
            .orElseThrow(
                () -> new IllegalArgumentException("there has never been a session " + id));
    // The session is active again, and its earlier position in the order is unknown.
    return activeMs >= beforeMs ? fromFront() : dao.idle(beforeMs, activeMs, id, limit);
  }

  private List<SessionLine> fromFront() {
    return dao.idle(beforeMs, Long.MIN_VALUE, "", limit);
  }
}
