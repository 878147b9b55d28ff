package dev.belay.engine.jdbc;

import dev.belay.engine.line.RequestKind;
import dev.belay.store.StoreException;
import dev.belay.store.TxOutcome;
import java.util.Iterator;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a body, and its consequence for the transaction. Immutable.
 *
 * @param value the result for the caller, if the body has not failed
 * @param failure the failure for the caller, if the body has failed
 */
public record BodyVerdict(End end, @Nullable Object value, @Nullable Throwable failure) {
  /** The consequence of a body for its transaction. */
  public enum End {
    /** The writes of the body are kept in the transaction. */
    KEPT,
    /** The body threw, or chose to roll back; all its writes have been undone. */
    UNDONE,
    /** The transaction cannot go on: it must be rolled back, or has been already. */
    LOST,
    /** The body committed through the raw connection: everything written before that is durable. */
    COMMITTED_BY_HAND
  }

  /**
   * Determines the outcome of a body that has ended, and keeps or undoes its writes.
   *
   * @param value the value that it returned
   * @param thrown the exception that it threw; null if it returned
   */
  static BodyVerdict of(
      RequestKind kind,
      BoundConnection connection,
      @Nullable Object value,
      @Nullable Throwable thrown) {
    ConnectionTransaction transaction = connection.transaction();
    Throwable failure = thrown == null ? null : translated(thrown, connection);
    boolean chooses = kind == RequestKind.WRITE_FLOW;
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
      boolean spoilsAll = failure != null && kind.isVerb() && transaction.body().writes() > 0;
      boolean whole = !spoilsAll && (keeps ? transaction.body().keep() : transaction.body().undo());
      end = !whole ? End.LOST : keeps ? End.KEPT : End.UNDONE;
      if (keeps && !whole) {
        failure = byHand(null);
      }
    }
    return new BodyVerdict(end, answer, failure);
  }

  /**
   * Returns the failure as the caller gets it. An exception of raw JDBC, or of fetching a row, has
   * not been translated yet.
   */
  private static Throwable translated(Throwable thrown, BoundConnection connection) {
    StoreException operating;
    try {
      operating = connection.errors().translateCause(thrown, connection.edge()::hasFailedBy);
    } catch (Throwable e) {
      return thrown; // an exception of the user's own, whose getCause() throws
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

  /** Returns this outcome for a body that has ended its transaction by hand. */
  BodyVerdict endedByHand() {
    return failure != null ? this : failed(byHand(null));
  }

  BodyVerdict failed(Throwable reason) {
    return new BodyVerdict(End.UNDONE, null, reason);
  }

  /**
   * Refuses a result that a body of {@code kind} must not return. Called while its statements are
   * open.
   */
  static void requireAnswer(RequestKind kind, @Nullable Object value, StatementCache statements) {
    Object answer = value;
    if (kind == RequestKind.WRITE_FLOW) {
      if (!(value instanceof TxOutcome<?> outcome)) {
        throw new NullPointerException("writeFlow body returned null");
      }
      answer = outcome.value();
    } else if (kind.writes() && value instanceof TxOutcome) {
      throw new IllegalStateException(
          "the body of write returned a TxOutcome, which only writeFlow acts on");
    }
    // After the body its rows are gone; a stream would end early, as if there were no more rows.
    if ((answer instanceof BaseStream || answer instanceof Iterator) && statements.isLending()) {
      throw new IllegalStateException(
          "the body returned rows that it has not read; collect them inside the body");
    }
  }
}
