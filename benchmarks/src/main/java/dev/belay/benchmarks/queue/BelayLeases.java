package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.lease.Lease;
import java.nio.file.Path;
import java.time.Duration;

/** Belay's leases through their public verbs. Immutable. */
final class BelayLeases implements LeasePeer {
  static final Duration TTL = Duration.ofSeconds(60);

  @Override
  public String name() {
    return "belay";
  }

  @Override
  public Store open(Path file) {
    Belay belay = Belay.open(file);
    return new Store() {
      @Override
      public void acquireAndRelease(String name) {
        Lease lease = belay.leases().acquire(name, "benchmark", TTL).granted().orElseThrow();
        if (!belay.leases().release(lease)) {
          throw new IllegalStateException("a live lease was lost: " + lease);
        }
      }

      @Override
      public void close() {
        belay.close();
      }
    };
  }
}
