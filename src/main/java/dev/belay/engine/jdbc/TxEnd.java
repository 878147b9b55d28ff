package dev.belay.engine.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The result of the end of a transaction. Every answer depends on this alone. Immutable, safe for
 * use by many threads.
 *
 * @param state the fate of the changes that were written
 * @param failure the failure of the database that prevented the commit; null if there was none
 * @param isSound whether the connection can serve another transaction
 */
public record TxEnd(State state, @Nullable SQLException failure, boolean isSound) {
  /** The fate of the changes that a transaction wrote. */
  public enum State {
    /** There was no transaction: all its requests had been withdrawn. */
    NOT_BEGUN,
    /** They are in the file, and last as the store's durability says. */
    COMMITTED,
    /** None is in the file, as wanted or because the transaction was lost. */
    ROLLED_BACK,
    /** The COMMIT failed and is known to have written nothing. */
    REFUSED,
    /** The COMMIT failed, and whether the writes last is unknown. */
    UNKNOWN
  }

  static final TxEnd NOT_BEGUN = new TxEnd(State.NOT_BEGUN, null, true);
  static final TxEnd COMMITTED = new TxEnd(State.COMMITTED, null, true);
  static final TxEnd UNKNOWN = new TxEnd(State.UNKNOWN, null, false);
  static final TxEnd ROLLED_BACK = new TxEnd(State.ROLLED_BACK, null, true);

  static TxEnd broken(SQLException failure) {
    return new TxEnd(State.ROLLED_BACK, failure, false);
  }

  static TxEnd refused(SQLException failure) {
    return new TxEnd(State.REFUSED, failure, true);
  }

  static TxEnd refusedAndBroken(SQLException failure) {
    return new TxEnd(State.REFUSED, failure, false);
  }

  static TxEnd unknown(@Nullable SQLException failure) {
    return new TxEnd(State.UNKNOWN, failure, false);
  }
}
