package dev.belay.engine.jdbc;

import dev.belay.engine.line.RequestKind;
import dev.belay.store.StoreException;
import dev.belay.store.TxOutcome;
import java.util.Iterator;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/**
 * What a body came to, and what that means for the transaction. Immutable.
 *
 * @param value of a body that has not failed, as its caller gets it
 * @param failure of one that has
 */
record BodyVerdict(End end, @Nullable Object value, @Nullable Throwable failure) {
  /** What is to become of the transaction. */
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

  /**
   * Judges a body that has ended, and keeps or undoes what it wrote.
   *
   * @param value what it returned
   * @param thrown what it threw, if it did
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
   * The failure as its caller gets it: raw JDBC, or a row that could not be fetched, is not yet.
   */
  private static Throwable translated(Throwable thrown, BoundConnection connection) {
    StoreException operating;
    try {
      operating = connection.errors().translateCause(thrown, connection.edge()::hasFailedBy);
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

  /** The same, of a body that turns out to have ended its transaction. */
  BodyVerdict endedByHand() {
    return failure != null ? this : failed(byHand(null));
  }

  BodyVerdict failed(Throwable reason) {
    return new BodyVerdict(End.UNDONE, null, reason);
  }

  /** Refuses what a body of {@code kind} must not return, while its statements are open. */
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
    // After the body its rows are gone, and a stream would end early as if it had no more.
    if ((answer instanceof BaseStream || answer instanceof Iterator) && statements.isLending()) {
      throw new IllegalStateException(
          "the body returned rows that it has not read; collect them inside the body");
    }
  }
}
