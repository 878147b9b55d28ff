package dev.belay.sqlite;

import dev.belay.store.StoreException;
import dev.belay.store.TxOutcome;
import java.util.Iterator;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/**
 * One run of one body, and what it means for the transaction. Belongs to the thread that owns the
 * connection.
 */
final class BodyRun {
  /** What is to become of the transaction after the body. */
  enum End {
    /** The body wants what it wrote to be kept. */
    KEPT,
    /** The body threw, or chose to roll back; of what it wrote nothing is left. */
    UNDONE,
    /** The transaction cannot go on: what it holds must be rolled back, or has been. */
    LOST,
    /** The body committed through the raw connection: what came before it is durable. */
    COMMITTED_BY_HAND
  }

  private final Request<?> request;
  private final BodyTx tx;
  private final boolean afterWrite;
  private final int writes;
  private final End end;
  private final @Nullable Object value;
  private final @Nullable Throwable failure;

  private BodyRun(
      Request<?> request,
      BodyTx tx,
      boolean afterWrite,
      int writes,
      End end,
      @Nullable Object value,
      @Nullable Throwable failure) {
    this.request = request;
    this.tx = tx;
    this.afterWrite = afterWrite;
    this.writes = writes;
    this.end = end;
    this.value = value;
    this.failure = failure;
  }

  /** Runs the body of {@code request}; whatever it throws is part of the answer. */
  static BodyRun of(Request<?> request, BodyTx tx, BoundConnection connection) {
    Object value = null;
    Throwable failure = null;
    boolean afterWrite = connection.transaction().body().isWritten();
    connection.faults().reach(FaultPoints.Point.BODY_STARTS);
    connection.bodyStarts(tx, request.kind() != Request.Kind.VERB);
    try {
      value = request.body().run(tx);
      requireAnswer(request.kind(), value, connection.statements());
    } catch (Throwable e) {
      failure = e;
      if (e instanceof VirtualMachineError) {
        connection.edge().bodyChangesConnection(); // it may have struck in the middle of anything
      }
    } finally {
      tx.end();
      connection.bodyEnds();
    }
    connection.faults().reach(FaultPoints.Point.BODY_ENDED);
    return judge(request, tx, connection, afterWrite, value, failure);
  }

  private static void requireAnswer(
      Request.Kind kind, @Nullable Object value, StatementCache statements) {
    Object answer = value;
    if (kind == Request.Kind.WRITE_FLOW) {
      if (!(value instanceof TxOutcome<?> outcome)) {
        throw new NullPointerException("writeFlow body returned null");
      }
      answer = outcome.value();
    } else if (kind.writes() && value instanceof TxOutcome) {
      throw new IllegalStateException(
          "the body of write returned a TxOutcome, which only writeFlow acts on");
    }
    // After the body its rows are gone, and a stream would end early as if it had no more.
    if ((answer instanceof BaseStream || answer instanceof Iterator) && statements.isLending()) {
      throw new IllegalStateException(
          "the body returned rows that it has not read; collect them inside the body");
    }
  }

  private static BodyRun judge(
      Request<?> request,
      BodyTx tx,
      BoundConnection connection,
      boolean afterWrite,
      @Nullable Object value,
      @Nullable Throwable thrown) {
    ConnectionTransaction transaction = connection.transaction();
    int writes = transaction.body().writes();
    Throwable failure = thrown == null ? null : translated(thrown, connection);
    boolean chooses = request.kind() == Request.Kind.WRITE_FLOW;
    Object answer = chooses && value instanceof TxOutcome<?> chosen ? chosen.value() : value;
    boolean rollsBack = chooses && value instanceof TxOutcome.Rollback;
    failure = failure != null ? failure : connection.edge().spoiledBy();
    End end;
    if (transaction.isCommittedByHand()) {
      end = End.COMMITTED_BY_HAND;
      failure = byHand(thrown);
    } else if (isGone(connection)) {
      end = End.LOST;
      StoreException doom = transaction.doom();
      if (failure == null && !(rollsBack && connection.isUsable())) {
        failure = doom != null ? doom : byHand(null);
      }
    } else {
      boolean keeps = failure == null && !rollsBack;
      boolean spoilsAll = failure != null && writes > 0 && request.kind() == Request.Kind.VERB;
      boolean whole = !spoilsAll && (keeps ? transaction.body().keep() : transaction.body().undo());
      end = !whole ? End.LOST : keeps ? End.KEPT : End.UNDONE;
      if (keeps && !whole) {
        failure = byHand(null);
      }
    }
    return new BodyRun(request, tx, afterWrite, writes, end, answer, failure);
  }

  /**
   * The failure as its caller gets it: raw JDBC, or a row that could not be fetched, is not yet.
   */
  private static Throwable translated(Throwable thrown, BoundConnection connection) {
    StoreException operating;
    try {
      operating = connection.errors().translateCause(thrown);
    } catch (Throwable e) {
      return thrown; // it is the user's own, and throws when it is asked for its cause
    }
    if (operating == null) {
      return thrown;
    }
    operating.addSuppressed(thrown);
    if (connection.transaction().isLost()) {
      connection.transaction().doom(operating);
    }
    return operating;
  }

  private static boolean isGone(BoundConnection connection) {
    ConnectionTransaction transaction = connection.transaction();
    return transaction.doom() != null || transaction.isLost() || !connection.isUsable();
  }

  private static IllegalStateException byHand(@Nullable Throwable thrown) {
    return new IllegalStateException(
        "the body ended its transaction or connection by hand; the runner owns both", thrown);
  }

  Request<?> request() {
    return request;
  }

  End end() {
    return end;
  }

  /** Whether the transaction can go on after the body. */
  boolean leavesTransactionWhole() {
    return end == End.KEPT || end == End.UNDONE;
  }

  /** Whether something had been written before the body, which it may have read. */
  boolean isAfterWrite() {
    return afterWrite;
  }

  /** Whether the answer holds whatever becomes of the transaction: nothing was written until it. */
  boolean standsAlone() {
    return !afterWrite && writes == 0;
  }

  /** Whether something of the body is in the transaction. */
  boolean hasWritten() {
    return end == End.KEPT && writes > 0;
  }

  /** The same run, of a body without a transaction that left one open. */
  BodyRun leftTransactionOpen() {
    return failed(
        new IllegalStateException("the body left a transaction open; it was rolled back", failure));
  }

  /** The same run, of a body that turns out to have ended its transaction. */
  BodyRun endedByHand() {
    return failure != null ? this : failed(byHand(null));
  }

  /**
   * The same run, of a body whose statements last one by one: if it failed after one that lasted,
   * then not as if nothing had happened.
   */
  BodyRun lastedInPart(boolean changed) {
    return failure instanceof StoreException e && e.isRetryable() && (changed || writes > 1)
        ? failed(
            new StoreException(
                e.getMessage() + "; statements of the call before it have lasted", e))
        : this;
  }

  private BodyRun failed(Throwable reason) {
    return new BodyRun(request, tx, afterWrite, writes, End.UNDONE, null, reason);
  }

  /** Runs what is to run before anybody is told of the commit. */
  void signal() {
    if (end == End.KEPT) {
      tx.signal();
    }
  }

  /** Answers the caller with what the body came to, and has its callbacks run. */
  void answer(boolean committed, Callbacks callbacks) {
    finish(committed && end == End.KEPT, callbacks);
    if (failure != null) {
      request.fail(failure, callbacks);
    } else {
      request.succeed(value, callbacks);
    }
  }

  /** Answers the caller with {@code reason}, which came after the body. */
  void fail(Throwable reason, Callbacks callbacks) {
    finish(false, callbacks);
    request.fail(reason, callbacks);
  }

  /** What comes beside the answer, which no failure of it may keep from the caller. */
  private void finish(boolean committed, Callbacks callbacks) {
    try {
      tx.finish(committed, callbacks);
    } catch (Throwable e) {
      Callbacks.report(e);
      try {
        tx.finish(committed, callbacks); // goes on where it was
      } catch (Throwable again) {
        Callbacks.report(again);
      }
    }
  }

  /** Ends the run without an answer: the body will run again. */
  Request<?> again(Callbacks callbacks) {
    finish(false, callbacks);
    return request.again();
  }
}
