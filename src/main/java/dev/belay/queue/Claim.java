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
 * @param worker who claimed it; a label, no right
 * @param type the caller's word for what it is, {@code ""} if it gave none
 * @param payload the caller's text
 * @param lane the lane that it stands in, if any
 * @param attempt which try this is, from 1
 * @param attemptsMax with how many tries it is buried
 * @param headers what was enqueued beside the payload, by name
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

  /** Of work without headers, this try being the last: for who kept only what proves the right. */
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

  /** This claim, if it is one of that queue: of another it would be a caller's mistake. */
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

  /** Without payload and headers, which belong into no log. */
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
