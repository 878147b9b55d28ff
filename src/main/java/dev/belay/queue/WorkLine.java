package dev.belay.queue;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work in a listing: without payload, result and error, which {@link
 * WorkQueue#find(long)} returns, but with the sizes of payload and result. Immutable, safe for use
 * by many threads.
 *
 * @param id the id, which is never used again
 * @param queue the queue's name
 * @param state the state
 * @param type the type that was enqueued, {@code ""} if there is none
 * @param key the key, if any; if its life is {@link KeyLife#WHILE_OPEN}, finished work keeps it
 *     although it no longer counts
 * @param lane the lane, if any
 * @param priority the priority; a higher one is claimed earlier
 * @param attempt the number of claims that were charged
 * @param attemptsMax the attempt after which the work is buried
 * @param enqueuedAt the instant at which the work was enqueued
 * @param notBefore the instant until which the work is SCHEDULED, or WAITING after a failure or
 *     deferral; null in every other case
 * @param cancelRequested whether a caller requested cancellation while the work was claimed
 * @param worker the label of the last claimant, null if the work was never claimed
 * @param token the token of the last claim, 0 if there was none
 * @param claimedAt the instant of the last claim, null if there was none
 * @param expiresAt the instant at which the claim lapses; null unless CLAIMED
 * @param finishedAt the instant at which the work was done, buried or cancelled; null before
 * @param payloadBytes the size of the payload, in bytes of UTF-8
 * @param resultBytes the size of the result, in bytes of UTF-8; 0 without a result
 */
public record WorkLine(
    long id,
    String queue,
    WorkState state,
    String type,
    @Nullable String key,
    @Nullable String lane,
    int priority,
    int attempt,
    int attemptsMax,
    Instant enqueuedAt,
    @Nullable Instant notBefore,
    boolean cancelRequested,
    @Nullable String worker,
    long token,
    @Nullable Instant claimedAt,
    @Nullable Instant expiresAt,
    @Nullable Instant finishedAt,
    long payloadBytes,
    long resultBytes) {
  /** Refuses null. */
  public WorkLine {
    Objects.requireNonNull(queue, "queue");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(enqueuedAt, "enqueuedAt");
  }
}
