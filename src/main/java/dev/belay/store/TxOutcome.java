package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * A body's choice between keeping and undoing what it wrote, each with a value for the caller.
 * Immutable, safe for use by many threads if its value is.
 *
 * <p>Undoing is an answer here, not an error: a refusal that has already written something rolls
 * back and still tells why.
 *
 * @param <T> the value
 */
public sealed interface TxOutcome<T extends @Nullable Object> {
  /** The value that reaches the caller either way. */
  T value();

  /** Keep what the body wrote. Immutable, safe for use by many threads if its value is. */
  record Commit<T extends @Nullable Object>(T value) implements TxOutcome<T> {}

  /** Undo what the body wrote. Immutable, safe for use by many threads if its value is. */
  record Rollback<T extends @Nullable Object>(T value) implements TxOutcome<T> {}

  /** Keeps what the body wrote and answers {@code value}. */
  static <T extends @Nullable Object> TxOutcome<T> commit(T value) {
    return new Commit<>(value);
  }

  /** Undoes what the body wrote and answers {@code value}. */
  static <T extends @Nullable Object> TxOutcome<T> rollback(T value) {
    return new Rollback<>(value);
  }
}
