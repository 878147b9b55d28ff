package dev.belay.queue;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The right to do one piece of work until an expiry. Immutable, safe for use by many threads.
 *
 * <p>Only queue, work id and token prove the right; the other fields describe the work. A handler
 * may send the token to other systems as a fencing token.
 *
 * @param queue the queue's name
 * @param workId the work's id
 * @param token larger than that of every earlier grant; the claims of one lane grant share one
 * @param worker the label of the claimant; it gives no right
 * @param type the type that was enqueued, {@code ""} if there is none
 * @param payload the payload that was enqueued
 * @param lane the lane of the work, if any
 * @param attempt the number of this attempt, from 1
 * @param attemptsMax the attempt after which the work is buried
 * @param headers the headers that were enqueued, by name
 * @param claimedAt the instant of the claim
 * @param expiresAt the instant at which the claim lapses unless it is renewed; exclusive
 */
public record Claim(
    String queue,
    long workId,
    long token,
    String worker,
    String type,
    String payload,
    @Nullable String lane,
    int attempt,
    int attemptsMax,
    Map<String, String> headers,
    Instant claimedAt,
    Instant expiresAt) {
  /** Refuses null. */
  public Claim {
    Objects.requireNonNull(queue, "queue");
    Objects.requireNonNull(worker, "worker");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(payload, "payload");
    headers = Headers.sorted(headers);
    Objects.requireNonNull(claimedAt, "claimedAt");
    Objects.requireNonNull(expiresAt, "expiresAt");
  }

  /** Creates a claim of work without headers, in its last attempt. */
  public Claim(
      String queue,
      long workId,
      long token,
      String worker,
      String type,
      String payload,
      @Nullable String lane,
      int attempt,
      Instant claimedAt,
      Instant expiresAt) {
    this(
        queue, workId, token, worker, type, payload, lane, attempt, attempt, Map.of(), claimedAt,
        expiresAt);
  }

  /**
   * Returns this claim.
   *
   * @throws IllegalArgumentException if it is of another queue
   */
  Claim inQueue(String name) {
    if (!queue.equals(name)) {
      throw new IllegalArgumentException("queue " + name + " was given a claim of queue " + queue);
    }
    return this;
  }

  /** Returns this claim with another expiry. */
  Claim until(Instant expiresAt) {
    return new Claim(
        queue,
        workId,
        token,
        worker,
        type,
        payload,
        lane,
        attempt,
        attemptsMax,
        headers,
        claimedAt,
        expiresAt);
  }

  /** Returns a text without payload and headers, which must not reach a log. */
  @Override
  public String toString() {
    return "Claim[queue="
        + queue
        + ", workId="
        + workId
        + ", token="
        + token
        + ", worker="
        + worker
        + ", type="
        + type
        + ", lane="
        + lane
        + ", attempt="
        + attempt
        + " of "
        + attemptsMax
        + ", expiresAt="
        + expiresAt
        + "]";
  }
}
