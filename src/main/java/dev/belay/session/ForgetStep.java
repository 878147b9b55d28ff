package dev.belay.session;

import dev.belay.session.ReceiptDao.Line;
import dev.belay.session.ReceiptDao.Owner;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

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
   * @param kept the operations that the database does not let go
   * @param failure why, if there was an exception
   */
  record Forgotten(
      int count, String lastId, boolean more, List<String> kept, @Nullable Throwable failure) {
    static final Forgotten NONE = new Forgotten(0, "", true, List.of(), null);
  }

  /** Forgets in the next range after {@code before}, and returns the new progress. */
  Forgotten after(Forgotten before, int limit) {
    Optional<Owner> owner = dao.owner(id);
    List<Line> lines = lines(owner, before, limit);
    if (owner.isEmpty() || lines.isEmpty()) {
      return new Forgotten(before.count(), before.lastId(), false, before.kept(), before.failure());
    }
    List<Line> fitting = lines.subList(0, Sized.fitting(lines, Sized.BYTES_MAX));
    List<String> kept = new ArrayList<>(before.kept());
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>(before.failure());
    int count = forget(owner.get(), fitting, kept, failure);
    String lastId = fitting.get(fitting.size() - 1).operationId();
    return new Forgotten(before.count() + count, lastId, true, kept, failure.get());
  }

  private List<Line> lines(Optional<Owner> owner, Forgotten before, int limit) {
    return owner.map(found -> dao.after(found.no(), before.lastId(), limit)).orElse(List.of());
  }

  /** Forgets what is old enough; a range that is refused is tried in halves, down to the row. */
  private int forget(
      Owner owner,
      List<Line> lines,
      List<String> kept,
      AtomicReference<@Nullable Throwable> failure) {
    String firstId = lines.get(0).operationId();
    String lastId = lines.get(lines.size() - 1).operationId();
    try {
      return dao.forget(owner.no(), firstId, lastId, owner.clearedRevision(), beforeMs);
    } catch (StoreException e) {
      throw e; // the store's failure, not that of a row
    } catch (JdbiException e) { // a refused statement has changed nothing
      if (lines.size() == 1) {
        kept.add(firstId);
        failure.compareAndSet(null, e);
        return 0;
      }
      int half = lines.size() / 2;
      return forget(owner, lines.subList(0, half), kept, failure)
          + forget(owner, lines.subList(half, lines.size()), kept, failure);
    }
  }

  /** Passes over the next operation, which {@code refusal} keeps. */
  Forgotten passOver(Forgotten before, RuntimeException refusal) {
    List<Line> next = lines(dao.owner(id), before, 1);
    if (next.isEmpty()) {
      return before;
    }
    List<String> kept = new ArrayList<>(before.kept());
    kept.add(next.get(0).operationId());
    return new Forgotten(before.count(), next.get(0).operationId(), true, kept, refusal);
  }

  /** Forgets in all ranges, until {@link #FORGET_MAX} is reached. */
  Forgotten all() {
    Forgotten forgotten = Forgotten.NONE;
    while (forgotten.more() && forgotten.count() < FORGET_MAX) {
      forgotten = after(forgotten, LOOK_MAX);
    }
    return forgotten;
  }
}
