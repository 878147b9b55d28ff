package dev.belay.queue;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work as a listing shows it: without payload, result and error, which {@link
 * WorkQueue#find(long)} brings, but with their sizes. Immutable, safe for use by many threads.
 *
 * @param id never given again
 * @param queue the queue's name
 * @param state its state
 * @param type the caller's word for what it is, {@code ""} if it gave none
 * @param key what makes it unique in its queue, or did while it was open, if anything
 * @param lane its lane, if any
 * @param priority the higher, the sooner
 * @param attempt the number of claims that were charged
 * @param attemptsMax the attempt after which it is buried
 * @param enqueuedAt when it was enqueued
 * @param notBefore until when it is SCHEDULED, or WAITING after a failure or deferral; null in
 *     every other case
 * @param cancelRequested whether someone asked to cancel it while it was claimed
 * @param worker the label of the last claimant, null if it was never claimed
 * @param token of its last claim, 0 if there was none
 * @param claimedAt when it was claimed last, null if it never was
 * @param expiresAt when its claim lapses; null unless CLAIMED
 * @param finishedAt when it was done, buried or cancelled; null before
 * @param payloadBytes the size of its payload, in bytes of UTF-8
 * @param resultBytes the size of its result, in bytes of UTF-8; 0 without one
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
