package dev.belay.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * How long the holder of a grant, a lease or a claim, may act on it. Immutable, safe for use by
 * many threads.
 *
 * <p>A hold ends a margin before the store would let anyone else in. A holder that checks it before
 * each of its steps, each shorter than the margin, has stopped when the next holder starts. It ends
 * by two clocks, whichever is first:
 *
 * <ol>
 *   <li>By the store's clock, a margin before the grant expires.
 *   <li>By {@link System#nanoTime}, a margin before the ttl is over, counted from before the grant
 *       was asked for. If the expiry left less than the ttl at that time, that much counts: a
 *       renewal that joins a transaction which has begun expires as if sent at its beginning.
 * </ol>
 *
 * @param <G> the grant
 */
public final class Hold<G> {
  /** The longest margin between the end of a hold and the expiry of its grant. */
  public static final Duration MARGIN_MAX = Duration.ofSeconds(1);

  /** A ttl has room for this many renewals, of which all but one may fail. */
  public static final int RENEWALS_PER_TTL = 3;

  private static final int MARGINS_PER_TTL = 10;

  private final G grant;
  private final Instant grantedAt;
  private final Instant until;
  private final long sentNanos;
  private final long untilNanos;
  private final long renewNanos;

  private Hold(
      G grant, Instant grantedAt, Instant until, long sentNanos, long untilNanos, long renewNanos) {
    this.grant = grant;
    this.grantedAt = grantedAt;
    this.until = until;
    this.sentNanos = sentNanos;
    this.untilNanos = untilNanos;
    this.renewNanos = renewNanos;
  }

  /**
   * When a grant was asked for, by both clocks. Immutable, safe for use by many threads.
   *
   * @param at by the store's clock
   * @param nanos by {@code nanoTime}
   */
  public record Sending(Instant at, long nanos) {
    /** Now, by the store's clock and by {@link System#nanoTime}. */
    public static Sending now(InstantSource clock) {
      return new Sending(clock.instant(), System.nanoTime());
    }
  }

  /** The hold of a grant that was asked for at {@code sending} and came back with its expiry. */
  public static <G> Hold<G> of(G grant, Instant expiresAt, Sending sending, long ttlNanos) {
    long marginNanos = Math.min(ttlNanos / MARGINS_PER_TTL, MARGIN_MAX.toNanos());
    long leftMs = Math.max(0, Duration.between(sending.at(), expiresAt).toMillis());
    long lastsNanos = Math.min(ttlNanos, TimeUnit.MILLISECONDS.toNanos(leftMs));
    return new Hold<>(
        grant,
        expiresAt.minusNanos(ttlNanos),
        expiresAt.minusNanos(marginNanos),
        sending.nanos(),
        sending.nanos() + lastsNanos - marginNanos,
        ttlNanos / RENEWALS_PER_TTL);
  }

  /** No hold of a grant, until a first renewal says that it is live. */
  public static <G> Hold<G> none(G grant, long nowNanos) {
    return new Hold<>(grant, Instant.MIN, Instant.MIN, nowNanos, nowNanos, 0);
  }

  /** The grant as it was given or renewed last. */
  public G grant() {
    return grant;
  }

  /** Whether both clocks say that the holder may act. */
  public boolean isHeld(InstantSource clock, long nowNanos) {
    return nowNanos - untilNanos < 0 && clock.instant().isBefore(until);
  }

  /** The time until the hold ends by {@code nanoTime}; negative afterwards. */
  public long leftNanos(long nowNanos) {
    return untilNanos - nowNanos;
  }

  /** The time until the next renewal is due by {@code nanoTime}; negative afterwards. */
  public long untilRenewalNanos(long nowNanos) {
    return sentNanos + renewNanos - nowNanos;
  }

  /** Whether either clock says that the next renewal is due. */
  public boolean isRenewalDue(InstantSource clock, long nowNanos) {
    return isOlderThan(renewNanos, clock, nowNanos);
  }

  /** Whether either clock says that half of the time until the next renewal is over. */
  public boolean isRenewalNear(InstantSource clock, long nowNanos) {
    return isOlderThan(renewNanos / 2, clock, nowNanos);
  }

  private boolean isOlderThan(long nanos, InstantSource clock, long nowNanos) {
    return nowNanos - sentNanos >= nanos || !clock.instant().isBefore(grantedAt.plusNanos(nanos));
  }
}
