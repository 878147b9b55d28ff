package dev.belay.shedlock;

import dev.belay.Belay;
import dev.belay.lease.Lease;
import dev.belay.lease.Renewal;
import dev.belay.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.javacrumbs.shedlock.core.AbstractSimpleLock;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;

/**
 * A lock that a {@link BelayLockProvider} has acquired. To be used by one thread at a time; its
 * {@link #lease} is safe for use by many threads.
 *
 * <p>A lock that is held longer than {@code lockAtMostFor} is lost: it can not be extended, and
 * unlocking it changes nothing, so that a lock which another process holds by now stays. As with
 * every provider of ShedLock, unlocking does not say so; the store's observer does.
 */
public final class BelayLock extends AbstractSimpleLock {
  private final Belay belay;
  private final Lease lease;

  BelayLock(Belay belay, LockConfiguration configuration, Lease lease) {
    super(configuration);
    this.belay = belay;
    this.lease = lease;
  }

  /**
   * Returns the lease as it was granted or extended. Its token fences what the task writes: pass
   * the lease to {@code Leases.require} or {@code SessionCommit.fencedBy}, and the token to other
   * systems.
   */
  public Lease lease() {
    return lease;
  }

  @Override
  protected Optional<SimpleLock> doExtend(LockConfiguration configuration) {
    return belay
        .leases()
        .renew(lease, LockTimes.of(configuration).ttl())
        .renewed()
        .map(renewed -> new BelayLock(belay, configuration, renewed));
  }

  @Override
  protected void doUnlock() {
    LockTimes times = LockTimes.of(lockConfiguration);
    if (times.atLeast().isZero()) {
      belay.leases().release(lease);
    } else {
      belay.useWrite(tx -> unlock(tx, times.atLeastUntil(lease)));
    }
  }

  /** Shortens the lease so that it ends at {@code until}, or releases it if that is over. */
  private void unlock(Tx tx, Instant until) {
    Duration rest = Duration.between(tx.now(), until);
    if (rest.toMillis() > 0) {
      Renewal ignored = belay.leases().renew(tx, lease, rest); // a lost lease stays as it is
    } else {
      belay.leases().release(tx, lease);
    }
  }
}
