package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * The choice of a body between committing and rolling back its changes, with a value for the
 * caller. Immutable, safe for use by many threads if its value is.
 *
 * <p>A rollback is a result here, not an error: a body that has already written something can
 * refuse, roll back, and still return the reason.
 *
 * @param <T> the value
 */
public sealed interface TxOutcome<T extends @Nullable Object> {
  /** Returns the value for the caller, after a commit and after a rollback. */
  T value();

  /** Commits the changes of the body. Immutable, safe for use by many threads if its value is. */
  record Commit<T extends @Nullable Object>(T value) implements TxOutcome<T> {}

  /**
   * Rolls back the changes of the body. Immutable, safe for use by many threads if its value is.
   */
  record Rollback<T extends @Nullable Object>(T value) implements TxOutcome<T> {}

  /** Returns the choice to commit, with {@code value} for the caller. */
  static <T extends @Nullable Object> TxOutcome<T> commit(T value) {
    return new Commit<>(value);
  }

  /** Returns the choice to roll back, with {@code value} for the caller. */
  static <T extends @Nullable Object> TxOutcome<T> rollback(T value) {
    return new Rollback<>(value);
  }
}
