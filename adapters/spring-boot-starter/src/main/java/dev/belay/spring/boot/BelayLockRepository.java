package dev.belay.spring.boot;

import dev.belay.lease.Acquisition;
import dev.belay.lease.Lease;
import dev.belay.lease.Leases;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.integration.jdbc.lock.LockRepository;

/**
 * The locks of Spring Integration's {@code JdbcLockRegistry}, as leases of a store. Safe for use by
 * many threads.
 *
 * <p>A lock is the lease with its name, held by this repository: {@code JdbcLockRegistry} itself
 * excludes the threads of one process.
 */
final class BelayLockRepository implements LockRepository {
  private final Leases leases;
  private final String holder = UUID.randomUUID().toString();
  private final Map<String, Lease> held = new ConcurrentHashMap<>();

  BelayLockRepository(Leases leases) {
    this.leases = leases;
  }

  /** Acquires a lock, or renews it if this repository has it. */
  @Override
  public boolean acquire(String lock, Duration ttl) {
    if (renew(lock, ttl)) {
      return true;
    }
    Acquisition answer = leases.acquire(lock, holder, ttl);
    answer.granted().ifPresent(lease -> held.put(lock, lease));
    return answer.granted().isPresent();
  }

  @Override
  public boolean renew(String lock, Duration ttl) {
    Lease lease = held.get(lock);
    if (lease == null) {
      return false;
    }
    Optional<Lease> renewed = leases.renew(lease, ttl).renewed();
    if (renewed.isPresent()) {
      held.replace(lock, lease, renewed.get());
    } else {
      held.remove(lock, lease);
    }
    return renewed.isPresent();
  }

  @Override
  public boolean delete(String lock) {
    Lease lease = held.remove(lock);
    return lease != null && leases.release(lease);
  }

  @Override
  public boolean isAcquired(String lock) {
    Lease lease = held.get(lock);
    return lease != null
        && leases.find(lock).filter(live -> live.token() == lease.token()).isPresent();
  }

  /** Does nothing: Belay forgets leases that have lapsed. */
  @Override
  public void deleteExpired() {
    // see above
  }

  /** Releases every lock that this repository has. */
  @Override
  public void close() {
    held.keySet().forEach(this::delete);
  }
}
