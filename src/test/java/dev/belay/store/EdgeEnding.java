package dev.belay.store;

import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.testing.TxFailures;

/** The ways in which a body goes on and ends around a statement. */
enum EdgeEnding {
  RETURNS,
  THROWS,
  ROLLS_BACK,
  LEAVES_ROWS_OPEN,
  CATCHES_A_FAILURE,
  IS_CANCELLED;

  /** Runs the statement and what belongs to the ending; whether to keep what was written. */
  boolean run(Tx tx, TxAction<Exception> statement) throws Exception {
    switch (this) {
      case RETURNS -> statement.run(tx);
      case THROWS -> {
        statement.run(tx);
        throw new IllegalArgumentException("the body throws");
      }
      case ROLLS_BACK -> {
        statement.run(tx);
        return false;
      }
      case LEAVES_ROWS_OPEN -> {
        halfRead(tx);
        statement.run(tx);
        halfRead(tx);
      }
      case CATCHES_A_FAILURE -> {
        catchThrowable(() -> statement.run(tx));
        catchThrowable(
            () -> tx.handle().execute("INSERT INTO note (id, text) VALUES (1, 'caught')"));
      }
      case IS_CANCELLED -> {
        statement.run(tx);
        catchThrowable(() -> TxFailures.cancelledQuery(tx));
      }
    }
    return true;
  }

  private static void halfRead(Tx tx) {
    tx.handle()
        .createQuery("SELECT text FROM note UNION ALL VALUES ('more'), ('and more')")
        .mapTo(String.class)
        .iterator()
        .next();
  }
}
