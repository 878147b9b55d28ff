package dev.belay.session;

import dev.belay.session.FreeStep.Room;
import dev.belay.session.FreeStep.Stuck;
import dev.belay.session.UnfreedDao.Unfreed;
import dev.belay.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Frees the rows of one session in one transaction. Belongs to the body that made it. */
final class FreeSession {
  /** The maximum number of stuck rows that a message names; further ones are only counted. */
  private static final int NAMED_MAX = 10;

  /** The maximum number of receipts that {@link #passOver} reads: 500. */
  private static final int LINES_MAX = 500;

  private static final String STATE = "its state";

  private final UnfreedDao dao;
  private final ReceiptDao receipts;
  private final Unfreed unfreed;
  private final Room room;
  private final List<String> named = new ArrayList<>();
  private @Nullable RuntimeException failure;
  private long afterSeq;
  private String afterOperationId;
  private int stuckRows;
  private int freed;
  private boolean through;

  FreeSession(UnfreedDao dao, ReceiptDao receipts, Unfreed unfreed, Room room) {
    this.dao = dao;
    this.receipts = receipts;
    this.unfreed = unfreed;
    this.room = room;
    this.afterSeq = unfreed.afterSeq();
    this.afterOperationId = unfreed.afterOperationId();
  }

  /**
   * Frees rows until {@code room} is full. Returns true if all rows of the session have been tried.
   */
  boolean free() {
    through = freeEvents() && freeReceipts() && freeState();
    return through;
  }

  /** Skips the next row. Returns true if there was no further row in the session. */
  boolean passOver(RuntimeException refusal) {
    List<EventSize> events = dao.events(unfreed.no(), afterSeq, unfreed.throughSeq(), 1);
    if (!events.isEmpty()) {
      afterSeq = events.get(0).seq();
      addStuck("event " + afterSeq, refusal);
      return false;
    }
    List<ReceiptDao.Line> lines = receipts.after(unfreed.no(), afterOperationId, LINES_MAX);
    for (ReceiptDao.Line line : lines) {
      afterOperationId = line.operationId();
      if (line.revision() <= unfreed.throughRevision()) {
        addStuck("operation " + afterOperationId, refusal);
        return false;
      }
    }
    if (!lines.isEmpty()) {
      return false; // the next transaction continues
    }
    if (!state().isEmpty()) {
      addStuck(STATE, refusal);
    }
    through = true;
    return true;
  }

  /** Returns true if all rows of the session have been tried. */
  boolean isThrough() {
    return through;
  }

  /** Returns the number of rows that this transaction has freed. */
  int freed() {
    return freed;
  }

  /** Returns the number of stuck rows, including those of earlier transactions. */
  long stuckRows() {
    return unfreed.stuckRows() + stuckRows;
  }

  /** Returns the rows that were stuck in this transaction, null if there are none. */
  @Nullable Stuck stuck() {
    RuntimeException refusal = failure;
    if (refusal == null) {
      return null;
    }
    String more = stuckRows > named.size() ? " and others, " + stuckRows + " in all," : "";
    return new Stuck(
        "session '"
            + unfreed.id()
            + "': "
            + String.join(", ", named)
            + more
            + " cannot be deleted, because something in the database needs it; it stays in the file"
            + " and is tried again later",
        refusal);
  }

  /** Stores the progress, for the next transaction. */
  void noteTried() {
    dao.tried(unfreed.no(), afterSeq, afterOperationId, stuckRows());
  }

  private boolean freeEvents() {
    Deletion<EventSize> deletion =
        new Deletion<>(
            batch -> dao.freeEvents(unfreed.no(), firstOf(batch).seq(), lastOf(batch).seq()),
            batch ->
                dao.events(
                    unfreed.no(), firstOf(batch).seq() - 1, lastOf(batch).seq(), batch.size()),
            (event, refusal) -> addStuck("event " + event.seq(), refusal));
    while (!room.isFull()) {
      List<EventSize> next = dao.events(unfreed.no(), afterSeq, unfreed.throughSeq(), room.rows());
      if (next.isEmpty()) {
        return true;
      }
      List<EventSize> batch = room.take(next);
      if (!batch.isEmpty()) {
        freed += deletion.run(batch);
        afterSeq = lastOf(batch).seq();
      }
    }
    return false;
  }

  private boolean freeReceipts() {
    long revision = unfreed.throughRevision();
    Deletion<ReceiptDao.Line> deletion =
        new Deletion<>(
            batch ->
                receipts.free(
                    unfreed.no(),
                    firstOf(batch).operationId(),
                    lastOf(batch).operationId(),
                    revision),
            batch ->
                old(
                    receipts.between(
                        unfreed.no(), firstOf(batch).operationId(), lastOf(batch).operationId())),
            (line, refusal) -> addStuck("operation " + line.operationId(), refusal));
    while (!room.isFull()) {
      List<ReceiptDao.Line> next = receipts.after(unfreed.no(), afterOperationId, room.rows());
      if (next.isEmpty()) {
        return true;
      }
      List<ReceiptDao.Line> batch = room.take(next);
      if (!batch.isEmpty()) {
        freed += deletion.run(old(batch));
        afterOperationId = lastOf(batch).operationId();
      }
    }
    return false;
  }

  private List<ReceiptDao.Line> old(List<ReceiptDao.Line> lines) {
    return lines.stream().filter(line -> line.revision() <= unfreed.throughRevision()).toList();
  }

  private boolean freeState() {
    List<EventSize> state = state();
    if (state.isEmpty()) {
      return true;
    }
    if (room.isFull()) {
      return false;
    }
    Deletion<EventSize> deletion =
        new Deletion<>(
            one -> dao.freeState(unfreed.no()),
            one -> state(),
            (one, refusal) -> addStuck(STATE, refusal));
    List<EventSize> batch = room.take(state);
    freed += deletion.run(batch);
    return !batch.isEmpty();
  }

  /**
   * Returns the size of the state if the state is to be freed; empty for a cleared session, which
   * keeps an empty state.
   */
  private List<EventSize> state() {
    return unfreed.deleted() ? dao.state(unfreed.no()) : List.of();
  }

  private void addStuck(String row, @Nullable RuntimeException refusal) {
    stuckRows++;
    if (named.size() < NAMED_MAX) {
      named.add(row);
    }
    if (failure == null) {
      failure =
          refusal != null
              ? refusal
              : new StoreException("a trigger of the database keeps the row", null);
    }
  }

  private static <T> T firstOf(List<T> list) {
    return list.get(0);
  }

  private static <T> T lastOf(List<T> list) {
    return list.get(list.size() - 1);
  }
}
