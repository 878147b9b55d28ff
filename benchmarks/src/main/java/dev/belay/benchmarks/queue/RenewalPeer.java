package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.lease.Lease;
import dev.belay.lease.Renewal;

/** A way to renew a lease behind a backlog. Immutable. */
record RenewalPeer(String name, Renew renew) {
  /** Renews, and returns when that is durable. */
  interface Renew {
    Renewal run(Belay belay, Lease lease);
  }
}
