package dev.belay.session;

import dev.belay.engine.RowLocks;
import dev.belay.queue.Enqueued;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.DuplicateEvent;
import dev.belay.session.CommitOutcome.OperationConflict;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.session.CommitOutcome.UnknownParent;
import dev.belay.session.SessionDao.Head;
import dev.belay.session.SessionDao.Receipt;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The checks and writes of one commit in one transaction. Belongs to the body that made it. */
final class CommitStep {
  /* The order of the checks is a contract: deleted, receipt, revision, leases, claims, parent,
   * event ids, keys. The first write comes after the last check: a refusal after a write would have
   * to undo it, and that is impossible when the commit is a part of a larger transaction of the
   * caller.
   */

  /** The shortest time between two updates of a session's last activity: 1 s, in milliseconds. */
  private static final long ACTIVE_MS = 1_000;

  private final Tx tx;
  private final SessionDao dao;
  private final long nowMs;
  private final SessionCommit commit;
  private final TurnStep turn;
  private final List<NewEvent> events;
  private final byte @Nullable [] hash;

  /** The event ids of this commit that also belong to events from before a clear. */
  private final List<String> oldIds = new ArrayList<>(0);

  /**
   * Prepares {@code commit}. The caller computes {@code hash}, which is null unless the commit is
   * an operation: hashing a large payload here would make all other writers wait for the write
   * lock.
   */
  CommitStep(Tx tx, SessionCommit commit, byte @Nullable [] hash) {
    this.tx = tx;
    this.dao = tx.attach(SessionDao.class);
    this.nowMs = tx.now().toEpochMilli();
    this.commit = commit;
    this.turn = new TurnStep(tx, commit.turn());
    this.events = commit.events();
    this.hash = hash;
  }

  CommitOutcome run() {
    RowLocks.of(tx).session(tx, commit.sessionId());
    String operationId = commit.operationId();
    Head head =
        (operationId == null
                ? dao.head(commit.sessionId())
                : dao.head(commit.sessionId(), operationId))
            .orElse(Head.UNKNOWN);
    if (head.deleted()) {
      return new SessionDeleted(commit.sessionId());
    }
    Receipt receipt = head.receipt();
    if (receipt != null && operationId != null && hash != null) {
      return OperationHash.matches(receipt, hash, operationId)
          ? replay(receipt)
          : new OperationConflict(operationId);
    }
    Long expected = commit.expectedRevision();
    if (expected != null && head.seenRevision() != expected) {
      return new RevisionConflict(expected, head.seenRevision());
    }
    CommitOutcome refusal = turn.refuseRights();
    if (refusal == null) {
      refusal = refuseParentOrEvents(head);
    }
    if (refusal == null) {
      refusal = turn.refuseKeys();
    }
    return refusal != null ? refusal : write(head);
  }

  private Committed replay(Receipt receipt) {
    turn.replay();
    return new Committed(
        receipt.revision(), receipt.firstSeq(), receipt.lastSeq(), receipt.enqueued(), true);
  }

  private @Nullable CommitOutcome refuseParentOrEvents(Head head) {
    Long parentSeq = commit.parentSeq();
    // The log has no gaps, so every seq from the first visible one to the last one is an event.
    if (parentSeq != null
        && parentSeq != 0
        && (parentSeq <= head.clearedSeq() || parentSeq > head.lastSeq())) {
      return new UnknownParent(parentSeq);
    }
    if (head.lastSeq() == 0) {
      return null;
    }
    for (int i = 0; i < events.size(); i++) {
      String eventId = events.get(i).eventIdOrNull();
      if (eventId != null) {
        Optional<Long> seq = dao.seqOf(head.no(), eventId);
        if (seq.isPresent() && seq.get() > head.clearedSeq()) {
          return new DuplicateEvent(eventId, seq.get());
        }
        if (seq.isPresent()) {
          oldIds.add(eventId);
        }
      }
    }
    return null;
  }

  private Committed write(Head head) {
    Long parentSeq = commit.parentSeq();
    long parent = parentSeq == null ? head.leafSeq() : parentSeq;
    long firstSeq = head.lastSeq() + 1;
    long lastSeq = head.lastSeq() + events.size();
    long leafSeq = events.isEmpty() ? parent : lastSeq;
    long no = moveHead(head, leafSeq, lastSeq);
    freeOldIds(no);
    for (int i = 0; i < events.size(); i++) {
      NewEvent event = events.get(i);
      long seq = firstSeq + i;
      dao.append(
          no,
          seq,
          i == 0 ? parent : seq - 1,
          nowMs,
          event.eventIdOrNull(),
          event.type(),
          event.payload());
    }
    String state = commit.state();
    if (state != null) {
      dao.setState(no, state);
    }
    List<Enqueued> enqueued = turn.write();
    long revision = head.revision() + 1;
    String operationId = commit.operationId();
    if (operationId != null && hash != null) {
      dao.keepReceipt(
          no,
          operationId,
          OperationHash.FORMAT,
          hash,
          revision,
          nowMs,
          firstSeq,
          lastSeq,
          EnqueuedBytes.encode(enqueued));
    }
    return new Committed(revision, firstSeq, lastSeq, enqueued, false);
  }

  private long moveHead(Head head, long leafSeq, long lastSeq) {
    if (head.revision() == 0) {
      return dao.create(commit.sessionId(), leafSeq, lastSeq, nowMs);
    }
    int moved;
    if (head.absent()) {
      moved = dao.makeAgain(head.no(), head.revision(), leafSeq, lastSeq, nowMs);
    } else {
      moved = dao.advance(head.no(), head.revision(), leafSeq, lastSeq, nowMs);
      touch(head);
    }
    if (moved != 1) {
      throw new StoreCorruptException(
          "session "
              + commit.sessionId()
              + " was at revision "
              + head.revision()
              + ", yet the update of that revision changed "
              + moved
              + " rows",
          null);
    }
    return head.no();
  }

  /**
   * Updates the column that orders idle sessions, at most once a second, because it has an index.
   */
  private void touch(Head head) {
    long sinceMs = nowMs - head.activeAtMs();
    if (sinceMs < 0 || sinceMs >= ACTIVE_MS) {
      dao.touch(head.no(), nowMs);
    }
  }

  private void freeOldIds(long no) {
    for (String eventId : oldIds) {
      if (dao.forgetEventId(no, eventId) != 1) {
        throw new StoreException(
            "an event of session "
                + commit.sessionId()
                + " from before it was cleared keeps the id "
                + eventId,
            null);
      }
    }
  }
}
