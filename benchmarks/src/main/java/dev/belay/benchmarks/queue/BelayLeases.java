package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.lease.Lease;
import java.time.Duration;
import java.util.function.Function;

/** Belay's leases through their public verbs. Immutable. */
public final class BelayLeases<S> implements LeasePeer<S> {
  static final Duration TTL = Duration.ofSeconds(60);

  private final Function<S, Belay> open;

  /** Opens its stores with {@code open}. */
  public BelayLeases(Function<S, Belay> open) {
    this.open = open;
  }

  @Override
  public String name() {
    return "belay";
  }

  @Override
  public Store open(S place) {
    Belay belay = open.apply(place);
    return new Store() {
      @Override
      public Held acquire(String name) {
        return held(belay, belay.leases().acquire(name, "benchmark", TTL).granted().orElseThrow());
      }

      @Override
      public void close() {
        belay.close();
      }
    };
  }

  private static Held held(Belay belay, Lease lease) {
    return new Held() {
      @Override
      public void renew() {
        belay.leases().renew(lease, TTL).renewed().orElseThrow();
      }

      @Override
      public void release() {
        if (!belay.leases().release(lease)) {
          throw new IllegalStateException("a live lease was lost: " + lease);
        }
      }
    };
  }
}
