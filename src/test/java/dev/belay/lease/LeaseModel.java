package dev.belay.lease;

import dev.belay.lease.Acquisition.Granted;
import dev.belay.lease.Acquisition.Held;
import dev.belay.lease.Renewal.Lost;
import dev.belay.lease.Renewal.Renewed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What leases do, said as plainly as Java allows. Belongs to one test. */
final class LeaseModel {
  private Map<String, Lease> last = new TreeMap<>();
  private long counter;
  private long highest;

  LeaseModel(long counter) {
    this.counter = counter;
  }

  Acquisition acquire(Instant now, String name, String holder, Duration ttl) {
    Optional<Lease> live = find(now, name);
    if (live.isPresent()) {
      return new Held(live.get().holder(), live.get().token(), live.get().expiresAt());
    }
    long token = Math.max(counter, highest) + 1;
    token = Math.max(token, now.toEpochMilli() * 1024);
    counter = token;
    highest = token;
    Lease lease = new Lease(name, holder, token, now, now.plus(ttl));
    Lease lapsed = last.put(name, lease);
    return new Granted(
        lease,
        lapsed == null ? null : new Displaced(lapsed.holder(), lapsed.token(), lapsed.expiresAt()));
  }

  Renewal renew(Instant now, Lease lease, Duration ttl) {
    if (!isLive(now, lease)) {
      return new Lost();
    }
    Lease known = find(now, lease.name()).orElseThrow();
    Lease renewed =
        new Lease(known.name(), known.holder(), known.token(), known.acquiredAt(), now.plus(ttl));
    last.put(lease.name(), renewed);
    return new Renewed(renewed);
  }

  boolean release(Instant now, Lease lease) {
    return isLive(now, lease) && last.remove(lease.name()) != null;
  }

  boolean isLive(Instant now, Lease lease) {
    return find(now, lease.name()).filter(live -> live.token() == lease.token()).isPresent();
  }

  Optional<Lease> find(Instant now, String name) {
    return Optional.ofNullable(last.get(name)).filter(lease -> lease.expiresAt().isAfter(now));
  }

  List<Lease> list(Instant now) {
    return last.values().stream().filter(lease -> lease.expiresAt().isAfter(now)).toList();
  }

  /** Runs {@code steps}, whose effects are undone, but for the memory of the tokens they saw. */
  <T> T rolledBack(Supplier<T> steps) {
    Map<String, Lease> kept = new TreeMap<>(last);
    long keptCounter = counter;
    T answer = steps.get();
    last = kept;
    counter = keptCounter;
    return answer;
  }

  /** The process has ended, and what only it remembered with it. */
  void restart() {
    highest = 0;
  }
}
