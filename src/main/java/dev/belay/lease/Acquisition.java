package dev.belay.lease;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of asking for a lease. Losing the race is an answer, not an error. Immutable, safe for
 * use by many threads.
 */
public sealed interface Acquisition {
  /** The lease, if it was granted. */
  default Optional<Lease> granted() {
    return this instanceof Granted granted ? Optional.of(granted.lease()) : Optional.empty();
  }

  /**
   * The name was free and is the caller's now. Immutable, safe for use by many threads.
   *
   * @param lease the grant
   * @param displaced whose lapsed lease it took over, null if the name was released or never leased
   */
  record Granted(Lease lease, @Nullable Displaced displaced) implements Acquisition {
    /** Refuses null for the lease. */
    public Granted {
      Objects.requireNonNull(lease, "lease");
    }
  }

  /**
   * Somebody holds the name. Immutable, safe for use by many threads.
   *
   * @param holder of the live lease, perhaps of the caller's own name
   * @param token of the live lease
   * @param until when it expires unless it is renewed
   */
  record Held(String holder, long token, Instant until) implements Acquisition {
    /** Refuses null. */
    public Held {
      Objects.requireNonNull(holder, "holder");
      Objects.requireNonNull(until, "until");
    }
  }
}
