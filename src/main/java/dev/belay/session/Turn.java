package dev.belay.session;

import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The claims, leases and work of a commit, in the order in which the caller added them. Immutable,
 * safe for use by many threads.
 */
record Turn(List<LeaseUse> leases, List<ClaimUse> claims, @Nullable Chain<Enqueue> chain) {
  /** A turn without claims, leases and work. */
  static final Turn NONE = new Turn(List.of(), List.of(), null);

  Turn {
    SessionCommit.atMost(SessionCommit.LEASES_MAX, "leases", leases.size());
    SessionCommit.atMost(SessionCommit.CLAIMS_MAX, "claims", claims.size());
    leases = List.copyOf(leases);
    claims = List.copyOf(claims);
  }

  /** Returns the work to enqueue, in order. */
  List<Enqueue> enqueues() {
    return chain == null ? List.of() : chain.list();
  }

  /**
   * Returns a turn with a further lease. A lease that the turn has already is released if one of
   * the two uses releases it.
   */
  Turn with(LeaseUse use) {
    List<LeaseUse> all = new ArrayList<>(leases);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).isSameGrant(use)) {
        if (use.releases()) {
          all.set(i, use);
        }
        return new Turn(all, claims, chain);
      }
    }
    all.add(use);
    return new Turn(all, claims, chain);
  }

  /**
   * Returns a turn with a further claim. A claim that the turn has already is completed if one of
   * the two uses completes it; two uses that complete it are refused with IllegalArgumentException.
   */
  Turn with(ClaimUse use) {
    List<ClaimUse> all = new ArrayList<>(claims);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).isSameGrant(use)) {
        if (use.completes() && all.get(i).completes()) {
          // Their results may differ, and it is not known which one the caller wants.
          throw new IllegalArgumentException(
              "work is completed twice in one commit: " + use.claim().workId());
        }
        if (use.completes()) {
          all.set(i, use);
        }
        return new Turn(leases, all, chain);
      }
    }
    all.add(use);
    return new Turn(leases, all, chain);
  }

  /** Returns a turn with further work to enqueue, after the work that it has. */
  Turn with(String queue, List<NewWork> works) {
    List<Enqueue> more = works.stream().map(work -> new Enqueue(queue, work)).toList();
    Chain<Enqueue> before = chain != null ? chain : Chain.of("work", enqueue -> null);
    SessionCommit.atMost(SessionCommit.ENQUEUES_MAX, "enqueues", before.size() + more.size());
    return new Turn(leases, claims, before.plus(more));
  }

  /** A lease that fences the commit. Immutable, safe for use by many threads. */
  record LeaseUse(Lease lease, boolean releases) {
    LeaseUse {
      Objects.requireNonNull(lease, "lease");
    }

    static LeaseUse fencing(Lease lease) {
      return new LeaseUse(lease, false);
    }

    static LeaseUse releasing(Lease lease) {
      return new LeaseUse(lease, true);
    }

    boolean isSameGrant(LeaseUse other) {
      return lease.token() == other.lease.token() && lease.name().equals(other.lease.name());
    }
  }

  /** A claim that fences the commit. Immutable, safe for use by many threads. */
  record ClaimUse(Claim claim, boolean completes, @Nullable String result) {
    ClaimUse {
      Objects.requireNonNull(claim, "claim");
    }

    static ClaimUse fencing(Claim claim) {
      return new ClaimUse(claim, false, null);
    }

    static ClaimUse completing(Claim claim, @Nullable String result) {
      return new ClaimUse(claim, true, result);
    }

    boolean isSameGrant(ClaimUse other) {
      return claim.workId() == other.claim.workId()
          && claim.token() == other.claim.token()
          && claim.queue().equals(other.claim.queue());
    }
  }

  /** Work that the commit enqueues. Immutable, safe for use by many threads. */
  record Enqueue(String queue, NewWork work) {
    Enqueue {
      Objects.requireNonNull(work, "work");
    }
  }
}
