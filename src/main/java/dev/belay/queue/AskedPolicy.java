package dev.belay.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A retry policy that was asked before the transaction that needs its answer, because all other
 * writers wait while that transaction lasts. Immutable, safe for use by many threads.
 *
 * @param policy asked again, in the transaction, if the work is at another attempt
 * @param thrown what it threw in place of an answer
 */
record AskedPolicy(
    RetryPolicy policy, int attempt, @Nullable Duration delay, @Nullable Throwable thrown)
    implements RetryPolicy {

  /** Asks {@code policy} for what follows the attempt of {@code claim}, unless it is the last. */
  static RetryPolicy before(RetryPolicy policy, Claim claim) {
    int attempt = claim.attempt();
    if (attempt >= claim.attemptsMax()) {
      return policy;
    }
    try {
      return new AskedPolicy(policy, attempt, policy.delayAfter(attempt), null);
    } catch (Throwable e) { // thrown again where the answer is needed
      return new AskedPolicy(policy, attempt, null, e);
    }
  }

  @Override
  @SuppressWarnings("NullAway") // the verb refuses a null of the policy's own
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
