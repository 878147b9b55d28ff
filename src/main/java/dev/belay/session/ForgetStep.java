package dev.belay.session;

import dev.belay.session.ReceiptDao.Line;
import dev.belay.session.ReceiptDao.Owner;
import dev.belay.store.Tx;
import java.util.List;
import java.util.Optional;

/**
 * Forgets operations of one session, a range of its receipts after another. Belongs to the body
 * that made it.
 */
final class ForgetStep {
  /** How many receipts one transaction looks at. */
  static final int LOOK_MAX = 1_000;

  /** How many receipts a transaction of the caller's forgets. */
  static final int FORGET_MAX = 10_000;

  private final ReceiptDao dao;
  private final String id;
  private final long beforeMs;

  ForgetStep(Tx tx, String id, long beforeMs) {
    this.dao = tx.attach(ReceiptDao.class);
    this.id = id;
    this.beforeMs = beforeMs;
  }

  /**
   * What has been done of a session.
   *
   * @param count how many receipts are forgotten
   * @param lastId the last operation that was looked at
   * @param more whether there may be more behind it
   */
  record Forgotten(int count, String lastId, boolean more) {
    static final Forgotten NONE = new Forgotten(0, "", true);
  }

  /** Goes on behind {@code before}, by one range. */
  Forgotten after(Forgotten before) {
    Optional<Owner> owner = dao.owner(id);
    List<Line> lines =
        owner.map(found -> dao.after(found.no(), before.lastId(), LOOK_MAX)).orElse(List.of());
    if (owner.isEmpty() || lines.isEmpty()) {
      return new Forgotten(before.count(), before.lastId(), false);
    }
    int fitting = Sized.fitting(lines, Sized.BYTES_MAX);
    String lastId = lines.get(fitting - 1).operationId();
    int count =
        dao.forget(
            owner.get().no(),
            lines.get(0).operationId(),
            lastId,
            owner.get().clearedRevision(),
            beforeMs);
    return new Forgotten(before.count() + count, lastId, true);
  }

  /** All of it, up to a number. */
  Forgotten all() {
    Forgotten forgotten = Forgotten.NONE;
    while (forgotten.more() && forgotten.count() < FORGET_MAX) {
      forgotten = after(forgotten);
    }
    return forgotten;
  }
}
