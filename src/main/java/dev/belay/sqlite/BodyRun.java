package dev.belay.sqlite;

import dev.belay.store.CommitSignal;
import dev.belay.store.StoreException;
import dev.belay.store.TxOutcome;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.BaseStream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * One run of one body inside a transaction, and what it means for the transaction. Belongs to the
 * thread that owns the connection.
 */
final class BodyRun {
  /** What is to become of the transaction after the body. */
  enum End {
    /** The body wants what it wrote to be kept. */
    KEPT,
    /** The body threw, or chose to roll back, and had changed nothing: nothing is to be undone. */
    UNCHANGED,
    /** The body threw, or chose to roll back, what it had changed: it will not run again. */
    UNDONE,
    /** The store failed under the body, and the transaction with it: whose fault, is open. */
    DIED,
    /** The body committed through the raw connection: what came before it is durable. */
    COMMITTED_BY_HAND
  }

  private final Request<?> request;
  private final BodyTx tx;
  private final End end;
  private final @Nullable Object value;
  private final @Nullable Throwable failure;

  private BodyRun(
      Request<?> request, BodyTx tx, End end, @Nullable Object value, @Nullable Throwable failure) {
    this.request = request;
    this.tx = tx;
    this.end = end;
    this.value = value;
    this.failure = failure;
  }

  /** Runs the body of {@code request}; whatever it throws is part of the answer. */
  static BodyRun of(
      Request<?> request, BodyTx tx, BoundConnection connection, SqliteErrors errors) {
    Object value = null;
    Throwable failure = null;
    connection.statements().bodyStarts();
    long changesBefore = connection.changes();
    try {
      value = request.body().run(tx);
      requireComplete(value, connection);
    } catch (Throwable e) {
      failure = e;
    } finally {
      tx.end();
      connection.statements().bodyEnds();
    }
    boolean changed =
        connection.changes() != changesBefore || !connection.statements().areCounted();
    return judge(
        request, tx, connection, errors, changed ? End.UNDONE : End.UNCHANGED, value, failure);
  }

  /** After the body its rows are gone, and a stream would end early as if it had no more. */
  private static void requireComplete(@Nullable Object value, BoundConnection connection) {
    Object answer = value instanceof TxOutcome<?> outcome ? outcome.value() : value;
    if ((answer instanceof BaseStream || answer instanceof Iterator)
        && connection.statements().isLending()) {
      throw new IllegalStateException(
          "the body returned rows that it has not read; collect them inside the body");
    }
  }

  private static BodyRun judge(
      Request<?> request,
      BodyTx tx,
      BoundConnection connection,
      SqliteErrors errors,
      End undone,
      @Nullable Object value,
      @Nullable Throwable thrown) {
    ConnectionTransaction transaction = connection.transaction();
    if (transaction.isCommittedByHand()) {
      return new BodyRun(request, tx, End.COMMITTED_BY_HAND, null, byHand(thrown));
    }
    Throwable failure = thrown;
    if (thrown != null) {
      // a row that could not be fetched, or raw JDBC: nobody has translated these yet
      StoreException operating = errors.translateCause(thrown);
      if (operating != null) {
        operating.addSuppressed(thrown);
        failure = operating;
        if (transaction.isLost()) {
          transaction.doom(operating);
        }
      }
    }
    boolean rollsBack = value instanceof TxOutcome.Rollback;
    StoreException doom = transaction.doom();
    if (doom != null && !rollsBack) {
      return new BodyRun(request, tx, End.DIED, null, failure != null ? failure : doom);
    }
    boolean ended = transaction.isLost() || !connection.isUsable();
    End refused = ended ? End.UNDONE : undone;
    if (failure != null) {
      return new BodyRun(request, tx, refused, null, failure);
    }
    if (ended && !(rollsBack && connection.isUsable())) {
      return new BodyRun(request, tx, End.UNDONE, null, byHand(null));
    }
    if (request.kind() == Request.Kind.WRITE_FLOW) {
      if (value == null) {
        return new BodyRun(
            request, tx, refused, null, new NullPointerException("writeFlow body returned null"));
      }
      End end = rollsBack ? refused : End.KEPT;
      return new BodyRun(request, tx, end, ((TxOutcome<?>) value).value(), null);
    }
    return new BodyRun(request, tx, End.KEPT, value, null);
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

  /** Whether what the bodies before it wrote can be committed now. */
  boolean leavesTransactionWhole() {
    return end == End.KEPT || end == End.UNCHANGED;
  }

  /** The same run, of a body without a transaction that left one open. */
  BodyRun leftTransactionOpen() {
    IllegalStateException open =
        new IllegalStateException("the body left a transaction open; it was rolled back", failure);
    return new BodyRun(request, tx, End.UNDONE, null, open);
  }

  /** The same run, of a body that turns out to have ended its transaction. */
  BodyRun endedByHand() {
    return failure != null ? this : new BodyRun(request, tx, End.UNDONE, null, byHand(null));
  }

  /** Lets JDBI's own callbacks on the body's handle run, and closes the handle. */
  void finish(BoundConnection connection, boolean committed) {
    Handle handle = tx.openedHandle();
    if (handle != null && !handle.isClosed()) {
      connection.finish(handle, committed);
      try {
        handle.close();
      } catch (Throwable e) {
        Callbacks.report(e); // what a cleanup of the body's own throws changes no outcome
      }
    }
  }

  /** Answers the caller with what the body came to. */
  void answer(Callbacks callbacks) {
    if (failure != null) {
      request.fail(failure, callbacks);
    } else {
      request.succeed(value, callbacks);
    }
  }

  /** Answers the caller after the commit; the hooks of a body that was kept are first in line. */
  void answerCommitted(Callbacks callbacks) {
    if (end == End.KEPT) {
      List<Runnable> hooks = new ArrayList<>(0);
      for (Runnable hook : request.hooks()) {
        if (hook instanceof CommitSignal) {
          hook.run();
        } else {
          hooks.add(hook);
        }
      }
      if (!hooks.isEmpty()) {
        callbacks.execute(() -> hooks.forEach(BodyRun::runHook));
      }
    }
    answer(callbacks);
  }

  private static void runHook(Runnable hook) {
    try {
      hook.run();
    } catch (Throwable e) {
      Callbacks.report(e); // the next hook runs all the same
    }
  }
}
