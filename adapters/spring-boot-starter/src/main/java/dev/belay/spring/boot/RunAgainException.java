package dev.belay.spring.boot;

import org.springframework.dao.ConcurrencyFailureException;

/**
 * A transaction was undone together with those of others, and its method has to be called again.
 * {@link TransactionRetry} does so. Immutable, safe for use by many threads.
 */
final class RunAgainException extends ConcurrencyFailureException {
  private static final long serialVersionUID = 1;

  RunAgainException() {
    super(
        "the transaction was undone together with others that shared its commit; call the method"
            + " again");
  }
}
