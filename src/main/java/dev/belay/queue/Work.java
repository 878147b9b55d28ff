package dev.belay.queue;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work at one moment, as it is stored. Immutable, safe for use by many threads.
 *
 * @param id never given again
 * @param queue the queue's name
 * @param state its state
 * @param type the caller's word for what it is, {@code ""} if it gave none
 * @param payload the caller's text
 * @param key what makes it unique in its queue, or did while it was open, if anything
 * @param lane its lane, if any
 * @param priority the higher, the sooner
 * @param attempt the number of claims that were charged
 * @param attemptsMax the attempt after which it is buried
 * @param enqueuedAt when it was enqueued
 * @param notBefore until when it is SCHEDULED, or WAITING after a failure or deferral; null in
 *     every other case
 * @param result the result that its worker gave; null unless DONE
 * @param lastError why its last failure or burial happened, if there was one
 * @param cancelRequested whether someone asked to cancel it while it was claimed
 * @param worker the label of the last claimant, null if it was never claimed
 * @param token of its last claim, 0 if there was none
 * @param claimedAt when it was claimed last, null if it never was
 * @param expiresAt when its claim lapses; null unless CLAIMED
 * @param finishedAt when it was done, buried or cancelled; null before
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
   * <p>It is for tools that end a claim whose holder is gone for certain: {@link
   * WorkQueue#release(Claim) release} gives the work back at once. A claim that was made while the
   * clock was ahead lapses only when the clock has come so far again.
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

  /** Without payload and result, which must not reach a log; an error may. */
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
