package dev.belay.queue;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work at one moment, as it is stored. Immutable, safe for use by many threads.
 *
 * @param id the id, which is never used again
 * @param queue the queue's name
 * @param state the state
 * @param type the type that was enqueued, {@code ""} if there is none
 * @param payload the payload that was enqueued
 * @param key the key, if any; if its life is {@link KeyLife#WHILE_OPEN}, finished work keeps it
 *     although it no longer counts
 * @param lane the lane, if any
 * @param priority the priority; a higher one is claimed earlier
 * @param attempt the number of claims that were charged
 * @param attemptsMax the attempt after which the work is buried
 * @param enqueuedAt the instant at which the work was enqueued
 * @param notBefore the instant until which the work is SCHEDULED, or WAITING after a failure or
 *     deferral; null in every other case
 * @param result the result that the worker gave; null unless DONE
 * @param lastError the error of the last failure or burial, if there was one
 * @param cancelRequested whether a caller requested cancellation while the work was claimed
 * @param worker the label of the last claimant, null if the work was never claimed
 * @param token the token of the last claim, 0 if there was none
 * @param claimedAt the instant of the last claim, null if there was none
 * @param expiresAt the instant at which the claim lapses; null unless CLAIMED
 * @param finishedAt the instant at which the work was done, buried or cancelled; null before
 */
public record Work(
    long id,
    String queue,
    WorkState state,
    String type,
    String payload,
    @Nullable String key,
    @Nullable String lane,
    int priority,
    int attempt,
    int attemptsMax,
    Instant enqueuedAt,
    @Nullable Instant notBefore,
    @Nullable String result,
    @Nullable String lastError,
    boolean cancelRequested,
    @Nullable String worker,
    long token,
    @Nullable Instant claimedAt,
    @Nullable Instant expiresAt,
    @Nullable Instant finishedAt) {
  /** Refuses null, and attempts out of range. */
  public Work {
    Objects.requireNonNull(queue, "queue");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(payload, "payload");
    Objects.requireNonNull(enqueuedAt, "enqueuedAt");
    if (attempt < 0 || attempt > attemptsMax) {
      throw new IllegalArgumentException(
          "attempt must be from 0 to " + attemptsMax + ": " + attempt);
    }
  }

  /**
   * Returns the claim that holds this work, without headers; empty unless CLAIMED.
   *
   * <p>This method is for tools that end a claim whose holder has certainly ended: {@link
   * WorkQueue#release(Claim) release} gives the work back immediately. A claim that was made while
   * the clock was ahead lapses only when the clock reaches its expiry.
   */
  public Optional<Claim> claim() {
    return worker == null || claimedAt == null || expiresAt == null
        ? Optional.empty()
        : Optional.of(
            new Claim(
                queue,
                id,
                token,
                worker,
                type,
                payload,
                lane,
                attempt,
                attemptsMax,
                Map.of(),
                claimedAt,
                expiresAt));
  }

  /** Returns a text without payload and result, which must not reach a log; an error may. */
  @Override
  public String toString() {
    return "Work[id="
        + id
        + ", queue="
        + queue
        + ", state="
        + state
        + ", type="
        + type
        + ", key="
        + key
        + ", lane="
        + lane
        + ", attempt="
        + attempt
        + " of "
        + attemptsMax
        + ", lastError="
        + lastError
        + "]";
  }
}
