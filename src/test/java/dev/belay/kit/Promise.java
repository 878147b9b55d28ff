package dev.belay.kit;

/**
 * What some engines promise beyond the contract that holds on all of them. The suites rest on a
 * promise only in a sentence that is {@link Promised}, so an engine that lacks it skips that
 * sentence and nothing else.
 */
public enum Promise {
  /**
   * Ids of work grow in the order in which the transactions commit, over all processes. Without it
   * an id is larger than those of all work that was committed before its transaction began.
   */
  IDS_IN_ORDER_OF_COMMIT,

  /**
   * A token is larger than every token that the store has granted before, whatever was granted and
   * by which process. Without it tokens grow for each lease, lane and piece of work, and within a
   * handle.
   */
  TOKENS_GROW_STORE_WIDE,

  /**
   * The snapshot of a {@code read} holds the schema too: a table that is created or dropped
   * meanwhile is, for that body, as it was. Without it a snapshot holds rows.
   */
  SNAPSHOT_HOLDS_THE_SCHEMA,

  /**
   * A statement of a {@code call} may write: it is committed by itself, and the next one sees it.
   * Without it a {@code call} refuses statements that write.
   */
  CALL_COMMITS_EACH_STATEMENT,

  /**
   * A body that catches a failed statement can continue its transaction. Without it the body must
   * return to a savepoint first.
   */
  TRANSACTION_SURVIVES_A_FAILED_STATEMENT,

  /** Bodies that write run one after another in each handle, in the order of the calls. */
  WRITES_IN_ORDER_OF_CALLS
}
