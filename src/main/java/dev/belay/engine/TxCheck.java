package dev.belay.engine;

import dev.belay.store.Tx;
import dev.belay.store.TxRunner;

/**
 * The checks of a {@code Tx} that every facade verb makes before its first statement. Stateless,
 * safe for use by many threads.
 */
public final class TxCheck {
  private TxCheck() {}

  /**
   * Returns {@code tx} if {@code verb} may read in it.
   *
   * @throws IllegalArgumentException if {@code tx} belongs to another store than {@code runner}
   */
  public static Tx reading(Tx tx, TxRunner runner, String verb) {
    if (tx.runner() != runner) {
      throw new IllegalArgumentException(verb + " was given the Tx of another store");
    }
    return tx;
  }

  /**
   * Returns {@code tx} if {@code verb} may write in it.
   *
   * @throws IllegalArgumentException if {@code tx} belongs to another store than {@code runner}
   * @throws IllegalStateException if {@code tx} is the Tx of a {@code read} or {@code call}
   */
  public static Tx writing(Tx tx, TxRunner runner, String verb) {
    if (!reading(tx, runner, verb).writable()) {
      throw new IllegalStateException(verb + " needs the Tx of a write; this one cannot write");
    }
    return tx;
  }
}
