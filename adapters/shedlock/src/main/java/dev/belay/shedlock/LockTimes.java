package dev.belay.shedlock;

import dev.belay.lease.Lease;
import dev.belay.store.Ttl;
import java.time.Duration;
import java.time.Instant;
import net.javacrumbs.shedlock.core.LockConfiguration;

/**
 * The durations of a lock as a lease has them: in milliseconds, none shorter than one and none
 * longer than {@link Ttl#MAX}. ShedLock also has locks of no duration. Immutable, safe for use by
 * many threads.
 *
 * @param ttl the duration of the grant, {@code lockAtMostFor} rounded down
 * @param atLeast the part of it for which the lock is held even if it is unlocked, {@code
 *     lockAtLeastFor} rounded up
 */
record LockTimes(Duration ttl, Duration atLeast) {
  private static final Duration TTL_MIN = Duration.ofMillis(1);

  static LockTimes of(LockConfiguration configuration) {
    Duration ttl = bounded(TTL_MIN, configuration.getLockAtMostFor());
    Duration atLeast = bounded(Duration.ZERO, configuration.getLockAtLeastFor());
    return new LockTimes(
        Duration.ofMillis(ttl.toMillis()),
        Duration.ofMillis(atLeast.plusNanos(999_999).toMillis()));
  }

  /**
   * Returns the instant until which {@code lease} is held even if it is unlocked. Its grant or last
   * renewal, from which the duration counts, is a ttl before its expiry.
   */
  Instant atLeastUntil(Lease lease) {
    Instant until = lease.expiresAt().minus(ttl).plus(atLeast);
    return until.isBefore(lease.expiresAt()) ? until : lease.expiresAt();
  }

  private static Duration bounded(Duration min, Duration duration) {
    if (duration.compareTo(min) < 0) {
      return min;
    }
    return duration.compareTo(Ttl.MAX) > 0 ? Ttl.MAX : duration;
  }
}
