package dev.belay.engine.jdbc;

import dev.belay.engine.StoreEngine.Event;
import dev.belay.engine.jdbc.BodyVerdict.End;
import dev.belay.engine.line.Callbacks;
import dev.belay.engine.line.FaultPoints;
import dev.belay.engine.line.Reports;
import dev.belay.engine.line.Request;
import dev.belay.store.StoreException;

/** One run of one body. Belongs to the thread that owns the connection. */
public final class BodyRun {
  private final Request<?> request;
  private final BodyTx tx;
  private final boolean afterWrite;
  private final int writes;
  private final BodyVerdict verdict;

  private BodyRun(
      Request<?> request, BodyTx tx, boolean afterWrite, int writes, BodyVerdict verdict) {
    this.request = request;
    this.tx = tx;
    this.afterWrite = afterWrite;
    this.writes = writes;
    this.verdict = verdict;
  }

  /** Runs the body of {@code request}; an exception that it throws becomes part of the answer. */
  public static BodyRun of(Request<?> request, BodyTx tx, BoundConnection connection) {
    Object value = null;
    Throwable failure = null;
    boolean afterWrite = connection.transaction().body().isWritten();
    if (request.notes() != null) {
      request.notes().bodyBegins();
    }
    connection.faults().reach(FaultPoints.Point.BODY_STARTS);
    connection.bodyStarts(tx, request.kind());
    try {
      value = request.body().run(tx);
      BodyVerdict.requireAnswer(request.kind(), value, connection.statements());
    } catch (Throwable e) {
      failure = e;
      if (e instanceof VirtualMachineError) {
        connection.edge().bodyChangesConnection(); // it may have left any state half changed
      }
    } finally {
      tx.end();
      connection.bodyEnds();
    }
    connection.faults().reach(FaultPoints.Point.BODY_ENDED);
    int writes = connection.transaction().body().writes();
    BodyVerdict verdict = BodyVerdict.of(request.kind(), connection, value, failure);
    return new BodyRun(request, tx, afterWrite, writes, verdict);
  }

  public Request<?> request() {
    return request;
  }

  /** Returns the outcome of the body. */
  public BodyVerdict verdict() {
    return verdict;
  }

  /** Returns whether the transaction can go on after the body. */
  public boolean leavesTransactionWhole() {
    return verdict.end() == End.KEPT || verdict.end() == End.UNDONE;
  }

  /** Returns whether something had been written before the body, which it may have read. */
  public boolean isAfterWrite() {
    return afterWrite;
  }

  /** Returns whether the answer holds however the transaction ends: nothing was written yet. */
  public boolean isIndependent() {
    return !afterWrite && writes == 0;
  }

  /** Returns whether the transaction contains writes of the body. */
  public boolean hasWritten() {
    return verdict.end() == End.KEPT && writes > 0;
  }

  /** Returns this run with the failure of a body outside a transaction that left one open. */
  public BodyRun leftTransactionOpen() {
    IllegalStateException open =
        new IllegalStateException("the body left a transaction open; it was rolled back");
    Throwable own = verdict.failure();
    if (own == null) {
      return with(verdict.failed(open));
    }
    own.addSuppressed(open);
    return this;
  }

  /** Returns this run with the failure of a body that has ended its transaction by hand. */
  public BodyRun endedByHand() {
    return with(verdict.endedByHand());
  }

  /** Returns the number of statements with which the body has written. */
  public int writes() {
    return writes;
  }

  /**
   * Returns this run for a body of which a statement has committed by itself. If it failed after
   * that, its failure says so and is not retryable.
   */
  public BodyRun lastedInPart() {
    return verdict.failure() instanceof StoreException e && e.isRetryable()
        ? with(
            verdict.failed(
                new StoreException(
                    e.getMessage() + "; statements of the call before it have lasted", e)))
        : this;
  }

  private BodyRun with(BodyVerdict other) {
    return new BodyRun(request, tx, afterWrite, writes, other);
  }

  /** Runs the signals, before any caller or listener learns of the commit. */
  public void signal() {
    if (verdict.end() == End.KEPT) {
      tx.signal(Event.COMMIT);
    }
  }

  /** Answers the caller, whose transaction has {@code reached} its commit or another outcome. */
  public void answer(Event reached, Callbacks callbacks) {
    Event own = verdict.end() == End.KEPT ? reached : Event.OUTCOME;
    tx.signal(own);
    finish(own, callbacks);
    note(own);
    Throwable failure = verdict.failure();
    if (failure != null) {
      request.fail(failure, callbacks);
    } else {
      request.succeed(verdict.value(), callbacks);
    }
  }

  /** Answers the caller with {@code reason}, a failure after the body. */
  public void fail(Throwable reason, Callbacks callbacks) {
    finish(Event.OUTCOME, callbacks);
    note(Event.OUTCOME);
    request.fail(reason, callbacks);
  }

  /** Notes the number of bodies that share the transaction. */
  public void sharedBy(int bodies) {
    if (request.notes() != null) {
      request.notes().sharedBy(bodies);
    }
  }

  private void note(Event reached) {
    if (request.notes() != null) {
      request.notes().bodyEnded(reached, tx.reports(reached));
    }
  }

  /** Starts the callbacks; a failure here must not keep the answer from the caller. */
  private void finish(Event reached, Callbacks callbacks) {
    try {
      tx.finish(reached, callbacks);
    } catch (Throwable e) {
      Reports.report(e);
      try {
        tx.finish(reached, callbacks); // continues where it failed
      } catch (Throwable again) {
        Reports.report(again);
      }
    }
  }

  /** Ends the run without an answer: the body will run again. */
  public Request<?> again(Callbacks callbacks) {
    finish(Event.OUTCOME, callbacks);
    return request.again();
  }
}
