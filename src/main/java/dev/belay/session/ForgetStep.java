package dev.belay.session;

import dev.belay.session.ReceiptDao.Line;
import dev.belay.session.ReceiptDao.Owner;
import dev.belay.store.Tx;
import java.util.List;
import java.util.Optional;

/**
 * Forgets operations of one session, one range of receipts after another. Belongs to the body that
 * made it.
 */
final class ForgetStep {
  /** The maximum number of receipts in one range, which one transaction reads: 1,000. */
  static final int LOOK_MAX = 1_000;

  /**
   * The number of forgotten receipts after which a call in a transaction of the caller ends:
   * 10,000.
   */
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
   * The progress in a session.
   *
   * @param count number of receipts that have been forgotten
   * @param lastId the last operation that was read
   * @param more true if there may be operations after {@code lastId}
   */
  record Forgotten(int count, String lastId, boolean more) {
    static final Forgotten NONE = new Forgotten(0, "", true);
  }

  /** Forgets in the next range after {@code before}, and returns the new progress. */
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

  /** Forgets in all ranges, until {@link #FORGET_MAX} is reached. */
  Forgotten all() {
    Forgotten forgotten = Forgotten.NONE;
    while (forgotten.more() && forgotten.count() < FORGET_MAX) {
      forgotten = after(forgotten);
    }
    return forgotten;
  }
}
