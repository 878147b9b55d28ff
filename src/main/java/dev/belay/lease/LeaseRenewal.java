package dev.belay.lease;

import dev.belay.engine.Renewals;
import dev.belay.store.Ttl;
import dev.belay.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The renewal of one lease as a verb of its own. Belongs to one call. */
final class LeaseRenewal implements Renewals<Renewal> {
  private final Leases leases;
  private final Lease lease;
  private final Duration ttl;
  private @Nullable Renewal result;

  LeaseRenewal(Leases leases, Lease lease, Duration ttl) {
    this.leases = leases;
    this.lease = lease;
    this.ttl = ttl;
  }

  @Override
  public Renewal run(Tx tx) {
    return leases.renew(tx, lease, ttl);
  }

  @Override
  public List<Grant> grants() {
    return List.of(new LeaseGrant(lease.name(), lease.token(), Ttl.toMs(ttl)));
  }

  @Override
  public boolean take(List<@Nullable Renewed> renewed) {
    Renewed own = renewed.get(0);
    if (own != null) {
      result =
          new Renewal.Renewed(
              new Lease(
                  lease.name(),
                  own.holder(),
                  lease.token(),
                  Instant.ofEpochMilli(own.grantedAtMs()),
                  Instant.ofEpochMilli(own.expiresAtMs())));
    }
    return own != null;
  }

  @Override
  public Renewal result() {
    return Objects.requireNonNull(result);
  }
}
