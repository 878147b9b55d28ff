package dev.belay.session;

import dev.belay.engine.RowLocks;
import dev.belay.session.UnfreedDao.Unfreed;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Frees a bounded number of rows and bytes of deleted and cleared sessions in one transaction.
 * Belongs to the body that made it.
 */
final class FreeStep {
  /* A row that the database refuses to delete is stuck and is skipped. When all rows of its session
   * have been tried, the session is due again after RETRY_MS, from its first row. The progress in a
   * session is stored, so that a stuck row prevents no other row from being freed, neither in this
   * transaction nor in a later one.
   */

  /** The time after which the stuck rows of a session are tried again: 1 hour, in milliseconds. */
  static final long RETRY_MS = TimeUnit.HOURS.toMillis(1);

  private final Tx tx;
  private final UnfreedDao dao;
  private final ReceiptDao receipts;
  private final long nowMs;
  private final long dueMs;
  private final Room room;

  /**
   * Prepares to try at most {@code rowsMax} rows of the sessions that are due at {@code dueMs}. A
   * session with stuck rows becomes due again after {@code dueMs}.
   */
  FreeStep(Tx tx, int rowsMax, long dueMs) {
    this.tx = tx;
    this.dao = tx.attach(UnfreedDao.class);
    this.receipts = tx.attach(ReceiptDao.class);
    this.nowMs = tx.now().toEpochMilli();
    this.dueMs = dueMs;
    this.room = new Room(rowsMax, Sized.BYTES_MAX);
    RowLocks.of(tx).maintenance(tx, "freeing of sessions");
  }

  /**
   * The result of one transaction.
   *
   * @param rows number of rows that it has freed
   * @param more true if there may be more rows to try
   * @param stuck the stuck rows, one entry for each session that has any
   */
  record Freed(int rows, boolean more, List<Stuck> stuck) {
    Freed {
      stuck = List.copyOf(stuck);
    }
  }

  /**
   * The stuck rows of one session. Immutable but for the failure.
   *
   * @param message names the session and the rows
   * @param failure the failure of one of them
   */
  record Stuck(String message, RuntimeException failure) {}

  Freed free() {
    List<Stuck> stuck = new ArrayList<>();
    int rows = 0;
    Optional<Unfreed> next = first();
    while (next.isPresent() && !room.isFull()) {
      FreeSession session = new FreeSession(dao, receipts, next.get(), room);
      boolean through = session.free();
      rows += session.freed();
      end(next.get(), session, stuck);
      if (through) {
        room.pass();
        next = first();
      }
    }
    return new Freed(rows, next.isPresent(), stuck);
  }

  /** Skips the next row, because the database refuses a transaction that deletes it. */
  Freed passOver(RuntimeException refusal) {
    List<Stuck> stuck = new ArrayList<>();
    Optional<Unfreed> next = first();
    boolean through = true;
    while (next.isPresent() && stuck.isEmpty() && through) {
      FreeSession session = new FreeSession(dao, receipts, next.get(), room);
      through = session.passOver(refusal);
      end(next.get(), session, stuck);
      next = first();
    }
    return new Freed(0, next.isPresent(), stuck);
  }

  /**
   * Returns the first session that is due, read under its lock: a clear that the lock has waited
   * for has noted the session again, and more of its rows.
   */
  private Optional<Unfreed> first() {
    String locked = "";
    Optional<Unfreed> first = dao.first(dueMs);
    while (first.isPresent() && !first.get().id().equals(locked)) {
      locked = first.get().id();
      RowLocks.of(tx).session(tx, locked);
      first = dao.first(dueMs);
    }
    return first;
  }

  private void end(Unfreed unfreed, FreeSession session, List<Stuck> stuck) {
    Stuck now = session.stuck();
    if (now != null) {
      stuck.add(now);
    }
    if (!session.isThrough()) {
      session.noteTried();
    } else if (session.stuckRows() > 0) {
      dao.tryAgain(unfreed.no(), Math.max(nowMs + RETRY_MS, dueMs + 1));
    } else {
      dao.freed(unfreed.no());
    }
  }

  /** The rows and bytes that one transaction may still try. Belongs to its body. */
  static final class Room {
    private int rows;
    private long bytes;
    private boolean started;

    Room(int rows, long bytes) {
      this.rows = rows;
      this.bytes = bytes;
    }

    boolean isFull() {
      return rows <= 0 || bytes <= 0;
    }

    int rows() {
      return rows;
    }

    // at least one row, if none was taken before
    private int fitting(List<? extends Sized> rows) {
      int count = Sized.fitting(rows, bytes);
      boolean tooLarge = count == 1 && rows.get(0).bytes() > bytes;
      return tooLarge && started ? 0 : count;
    }

    /** Counts a finished session as one row, because many sessions may have no rows left. */
    void pass() {
      rows--;
    }

    /**
     * Takes the first rows of {@code next} that fit. If no row fits, the room is full afterwards.
     */
    <T extends Sized> List<T> take(List<T> next) {
      List<T> taken = next.subList(0, fitting(next));
      started = true;
      rows -= taken.isEmpty() ? rows : taken.size();
      bytes -= Sized.sum(taken);
      return taken;
    }
  }
}
