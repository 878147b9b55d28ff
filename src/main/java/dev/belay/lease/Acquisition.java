package dev.belay.lease;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of asking for a lease. That another holder has the name is a result, not an error.
 * Immutable, safe for use by many threads.
 */
public sealed interface Acquisition {
  /** Returns the lease, if it was granted. */
  default Optional<Lease> granted() {
    return this instanceof Granted granted ? Optional.of(granted.lease()) : Optional.empty();
  }

  /**
   * The name was free, and the caller has it now. Immutable, safe for use by many threads.
   *
   * @param lease the grant
   * @param displaced the holder of the lapsed lease that this one replaces, null if the name had
   *     been released, had never been leased, or its lapsed lease was forgotten (see {@link
   *     Leases#RETENTION})
   */
  record Granted(Lease lease, @Nullable Displaced displaced) implements Acquisition {
    /** Refuses null for the lease. */
    public Granted {
      Objects.requireNonNull(lease, "lease");
    }
  }

  /**
   * A live lease exists for the name. Immutable, safe for use by many threads.
   *
   * @param holder holder of the live lease, which may be the same label as the caller's
   * @param token token of the live lease
   * @param until expiry of the live lease, unless it is renewed
   */
  record Held(String holder, long token, Instant until) implements Acquisition {
    /** Refuses null. */
    public Held {
      Objects.requireNonNull(holder, "holder");
      Objects.requireNonNull(until, "until");
    }
  }
}
