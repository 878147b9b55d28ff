package dev.belay.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The result of a retry policy that was called before the transaction that needs it, because all
 * other writers wait during that transaction. Immutable, safe for use by many threads.
 *
 * @param policy the policy, which is called again in the transaction if the work is at another
 *     attempt
 * @param thrown the exception of the policy, if it threw one
 */
record AskedPolicy(
    RetryPolicy policy, int attempt, @Nullable Duration delay, @Nullable Throwable thrown)
    implements RetryPolicy {

  /** Calls {@code policy} with the attempt of {@code claim}, unless that is the last. */
  static RetryPolicy before(RetryPolicy policy, Claim claim) {
    int attempt = claim.attempt();
    if (attempt >= claim.attemptsMax()) {
      return policy;
    }
    try {
      return new AskedPolicy(policy, attempt, policy.delayAfter(attempt), null);
    } catch (Throwable e) { // delayAfter throws it again
      return new AskedPolicy(policy, attempt, null, e);
    }
  }

  @Override
  @SuppressWarnings("NullAway") // the verb refuses a null delay
  public Duration delayAfter(int asked) {
    if (asked != attempt) {
      return policy.delayAfter(asked);
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    return thrown == null ? delay : policy.delayAfter(asked);
  }
}
