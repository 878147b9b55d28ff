package dev.belay.session;

import dev.belay.session.UnfreedDao.Unfreed;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Frees rows of deleted and cleared sessions in one transaction: a bounded number of rows and of
 * bytes. Belongs to the body that made it.
 */
final class FreeStep {
  /* A row that cannot go is passed over: its session is gone through to its end, and then tried
   * again after a while, from the first row. How far that has come is stored, so that a row that
   * cannot go hinders no other, neither in this transaction nor in the next, whatever the order.
   */

  /** When to try again what could not go. */
  static final long RETRY_MS = TimeUnit.HOURS.toMillis(1);

  private final UnfreedDao dao;
  private final ReceiptDao receipts;
  private final long nowMs;
  private final long dueMs;
  private final Room room;

  /**
   * Tries at most {@code rowsMax} rows of sessions that are due at {@code dueMs}; what cannot go is
   * due again after that.
   */
  FreeStep(Tx tx, int rowsMax, long dueMs) {
    this.dao = tx.attach(UnfreedDao.class);
    this.receipts = tx.attach(ReceiptDao.class);
    this.nowMs = tx.now().toEpochMilli();
    this.dueMs = dueMs;
    this.room = new Room(rowsMax, Sized.BYTES_MAX);
  }

  /**
   * What one transaction has done.
   *
   * @param rows how many it has freed
   * @param more whether there may be more to try
   * @param stuck of each session of which rows could not go
   */
  record Freed(int rows, boolean more, List<Stuck> stuck) {
    Freed {
      stuck = List.copyOf(stuck);
    }
  }

  /**
   * Rows of a session that could not go. Immutable but for the failure.
   *
   * @param message names the session and the rows
   * @param failure of one of them
   */
  record Stuck(String message, RuntimeException failure) {}

  Freed free() {
    List<Stuck> stuck = new ArrayList<>();
    int rows = 0;
    Optional<Unfreed> next = dao.first(dueMs);
    while (next.isPresent() && !room.isFull()) {
      FreeSession session = new FreeSession(dao, receipts, next.get(), room);
      boolean through = session.free();
      rows += session.freed();
      end(next.get(), session, through, stuck);
      if (through) {
        room.pass();
        next = dao.first(dueMs);
      }
    }
    return new Freed(rows, next.isPresent(), stuck);
  }

  /** Passes the next row over: the database refuses the transaction that has deleted it. */
  Freed passOver(RuntimeException refusal) {
    List<Stuck> stuck = new ArrayList<>();
    Optional<Unfreed> next = dao.first(dueMs);
    boolean through = true;
    while (next.isPresent() && stuck.isEmpty() && through) {
      FreeSession session = new FreeSession(dao, receipts, next.get(), room);
      through = session.passOver(refusal);
      end(next.get(), session, through, stuck);
      next = dao.first(dueMs);
    }
    return new Freed(0, next.isPresent(), stuck);
  }

  private void end(Unfreed unfreed, FreeSession session, boolean through, List<Stuck> stuck) {
    Stuck now = session.stuck();
    if (now != null) {
      stuck.add(now);
    }
    if (!through) {
      session.noteTried();
    } else if (session.stuckRows() > 0) {
      dao.tryAgain(unfreed.no(), Math.max(nowMs + RETRY_MS, dueMs + 1));
    } else {
      dao.freed(unfreed.no());
    }
  }

  /** How much one transaction may still try. Belongs to its body. */
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

    // one at least, if there was nothing yet
    private int fitting(List<? extends Sized> rows) {
      int count = Sized.fitting(rows, bytes);
      boolean tooLarge = count == 1 && rows.get(0).bytes() > bytes;
      return tooLarge && started ? 0 : count;
    }

    /** A session counts as a row: many of them may have none left. */
    void pass() {
      rows--;
    }

    /** Takes the first of these that it has room for; if that is none, it is full. */
    <T extends Sized> List<T> take(List<T> next) {
      List<T> taken = next.subList(0, fitting(next));
      started = true;
      rows -= taken.isEmpty() ? rows : taken.size();
      bytes -= Sized.sum(taken);
      return taken;
    }
  }
}
