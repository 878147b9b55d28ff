package dev.belay.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * The time for which the holder of a grant (a lease or a claim) may act on it. Immutable, safe for
 * use by many threads.
 *
 * <p>A hold ends a margin before the store would give the grant to another holder. A holder that
 * checks its hold before each of its steps, and whose steps are all shorter than the margin, has
 * therefore stopped when the next holder starts. Two clocks can end the hold; the earlier one does:
 *
 * <ol>
 *   <li>The store's clock, a margin before the grant expires.
 *   <li>{@link System#nanoTime}, a margin before the ttl is over. The ttl is counted from before
 *       the grant was requested. If the time from the request to the expiry is shorter than the
 *       ttl, that shorter time counts instead: a renewal that joins a running transaction expires
 *       as if it had been requested when that transaction began.
 * </ol>
 *
 * @param <G> the grant
 */
public final class Hold<G> {
  /** The longest margin between the end of a hold and the expiry of its grant. */
  public static final Duration MARGIN_MAX = Duration.ofSeconds(1);

  /** The number of renewals within one ttl; all but one of them may fail. */
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
   * The time at which a grant was requested, by both clocks. Immutable, safe for use by many
   * threads.
   *
   * @param at the time by the store's clock
   * @param nanos the time by {@link System#nanoTime}
   */
  public record Sending(Instant at, long nanos) {
    /** Returns the current time by {@code clock}, the store's, and by {@link System#nanoTime}. */
    public static Sending now(InstantSource clock) {
      return new Sending(clock.instant(), System.nanoTime());
    }
  }

  /**
   * Returns the hold of a grant that was requested at {@code sending} and expires at {@code
   * expiresAt}.
   */
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

  /**
   * Returns a hold that has already ended, for a grant that no renewal has yet shown to be live.
   */
  public static <G> Hold<G> none(G grant, long nowNanos) {
    return new Hold<>(grant, Instant.MIN, Instant.MIN, nowNanos, nowNanos, 0);
  }

  /** Returns the grant as it was when it was last given or renewed. */
  public G grant() {
    return grant;
  }

  /** Returns whether the holder may act, by both clocks. */
  public boolean isHeld(InstantSource clock, long nowNanos) {
    return nowNanos - untilNanos < 0 && clock.instant().isBefore(until);
  }

  /** Returns the time until the hold ends by {@code nanoTime}; negative afterwards. */
  public long leftNanos(long nowNanos) {
    return untilNanos - nowNanos;
  }

  /** Returns the time until the next renewal is due by {@code nanoTime}; negative afterwards. */
  public long untilRenewalNanos(long nowNanos) {
    return sentNanos + renewNanos - nowNanos;
  }

  /** Returns whether the next renewal is due by either clock. */
  public boolean isRenewalDue(InstantSource clock, long nowNanos) {
    return isOlderThan(renewNanos, clock, nowNanos);
  }

  /** Returns whether half of the time until the next renewal has passed by either clock. */
  public boolean isRenewalNear(InstantSource clock, long nowNanos) {
    return isOlderThan(renewNanos / 2, clock, nowNanos);
  }

  private boolean isOlderThan(long nanos, InstantSource clock, long nowNanos) {
    return nowNanos - sentNanos >= nanos || !clock.instant().isBefore(grantedAt.plusNanos(nanos));
  }
}
