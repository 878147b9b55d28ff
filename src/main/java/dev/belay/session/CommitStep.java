package dev.belay.session;

import dev.belay.queue.Enqueued;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.DuplicateEvent;
import dev.belay.session.CommitOutcome.OperationConflict;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.session.CommitOutcome.UnknownParent;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.Tx;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One commit in one transaction. Belongs to the body that made it. */
final class CommitStep {
  /* The order is a contract: deleted, receipt, revision, leases, claims, parent, event ids, keys,
   * and only then the first write. A refusal after a write would have to undo it, which a caller's
   * larger transaction leaves no way to do.
   */
  private final SessionDao dao;
  private final long nowMs;
  private final SessionCommit commit;
  private final TurnStep turn;
  private final byte @Nullable [] hash;

  /**
   * With the commit's hash if it is an operation. The caller makes it: hashing a large payload here
   * would keep everybody waiting for the right to write.
   */
  CommitStep(Tx tx, SessionCommit commit, byte @Nullable [] hash) {
    this.dao = tx.attach(SessionDao.class);
    this.nowMs = tx.now().toEpochMilli();
    this.commit = commit;
    this.turn = new TurnStep(tx, commit.turn());
    this.hash = hash;
  }

  CommitOutcome run() {
    String operationId = commit.operationId();
    SessionHead head =
        (operationId == null
                ? dao.head(commit.sessionId())
                : dao.head(commit.sessionId(), operationId))
            .orElse(SessionHead.ABSENT);
    if (head.deleted()) {
      return new SessionDeleted(commit.sessionId());
    }
    Receipt receipt = head.receipt();
    if (receipt != null && operationId != null && hash != null) {
      return OperationHash.matches(receipt, hash, operationId)
          ? replay(receipt)
          : new OperationConflict(operationId);
    }
    if (head.revision() != commit.expectedRevision()) {
      return new RevisionConflict(commit.expectedRevision(), head.revision());
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

  private @Nullable CommitOutcome refuseParentOrEvents(SessionHead head) {
    Long parentSeq = commit.parentSeq();
    // The log has no gaps, so every seq up to the last one is an event.
    if (parentSeq != null && parentSeq > head.lastSeq()) {
      return new UnknownParent(parentSeq);
    }
    if (head.lastSeq() == 0) {
      return null;
    }
    List<NewEvent> events = commit.events();
    for (int i = 0; i < events.size(); i++) {
      String eventId = events.get(i).eventIdOrNull();
      if (eventId != null) {
        Optional<Long> seq = dao.seqOf(head.no(), eventId);
        if (seq.isPresent()) {
          return new DuplicateEvent(eventId, seq.get());
        }
      }
    }
    return null;
  }

  private Committed write(SessionHead head) {
    List<NewEvent> events = commit.events();
    Long parentSeq = commit.parentSeq();
    long parent = parentSeq == null ? head.leafSeq() : parentSeq;
    long firstSeq = head.lastSeq() + 1;
    long lastSeq = head.lastSeq() + events.size();
    long leafSeq = events.isEmpty() ? parent : lastSeq;
    long no = moveHead(head, leafSeq, lastSeq);
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
          firstSeq,
          lastSeq,
          EnqueuedBytes.encode(enqueued));
    }
    return new Committed(revision, firstSeq, lastSeq, enqueued, false);
  }

  private long moveHead(SessionHead head, long leafSeq, long lastSeq) {
    if (head.revision() == 0) {
      return dao.create(commit.sessionId(), leafSeq, lastSeq, nowMs);
    }
    int moved = dao.advance(head.no(), head.revision(), leafSeq, lastSeq, nowMs);
    if (moved != 1) {
      throw new StoreCorruptException(
          "session "
              + commit.sessionId()
              + " was at revision "
              + head.revision()
              + ", yet the write that says so changed "
              + moved
              + " rows",
          null);
    }
    return head.no();
  }
}
