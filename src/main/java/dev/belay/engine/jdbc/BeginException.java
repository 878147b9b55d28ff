package dev.belay.engine.jdbc;

import java.sql.SQLException;

/**
 * Thrown if a transaction could not be begun. Immutable but for its stack trace, safe for use by
 * many threads.
 */
public final class BeginException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final SQLException failure;

  BeginException(SQLException failure) {
    super(failure);
    this.failure = failure;
  }

  public SQLException failure() {
    return failure;
  }
}
