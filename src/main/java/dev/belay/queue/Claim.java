package dev.belay.queue;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The right to do one piece of work, for a while. Immutable, safe for use by many threads.
 *
 * <p>Only queue, work id and token prove the right; the rest tells what is to be done. The token
 * may go with whatever the work sends to other systems, as a fencing token.
 *
 * @param queue the queue's name
 * @param workId the work's id
 * @param token larger than that of every grant before it; the claims of one lane grant share one
 * @param worker the label of the claimant; gives no right
 * @param type the caller's word for what it is, {@code ""} if it gave none
 * @param payload the caller's text
 * @param lane its lane, if any
 * @param attempt the number of this attempt, from 1
 * @param attemptsMax the attempt after which it is buried
 * @param headers what was enqueued with the payload, by name
 * @param claimedAt when it was claimed
 * @param expiresAt when it lapses unless renewed; at that very millisecond it is lost
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

  /** Makes a claim from what proves the right, of work without headers in its last attempt. */
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

  /** Returns this claim; refuses that of another queue, which is a mistake of the caller. */
  Claim inQueue(String name) {
    if (!queue.equals(name)) {
      throw new IllegalArgumentException("queue " + name + " was given a claim of queue " + queue);
    }
    return this;
  }

  /** The same claim with another expiry. */
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

  /** Without payload and headers, which must not reach a log. */
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
