package dev.belay.session;

import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a commit does besides its session, in the order in which the caller said it. Immutable, safe
 * for use by many threads.
 */
record Turn(List<LeaseUse> leases, List<ClaimUse> claims, @Nullable Chain<Enqueue> chain) {
  /** Does nothing. */
  static final Turn NONE = new Turn(List.of(), List.of(), null);

  Turn {
    SessionCommit.atMost(SessionCommit.LEASES_MAX, "leases", leases.size());
    SessionCommit.atMost(SessionCommit.CLAIMS_MAX, "claims", claims.size());
    leases = List.copyOf(leases);
    claims = List.copyOf(claims);
  }

  /** The work to enqueue, in order. */
  List<Enqueue> enqueues() {
    return chain == null ? List.of() : chain.list();
  }

  /** With a lease; one that is there already is released if either says so. */
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

  /** With a claim; one that is there already is completed if either says so, but not if both do. */
  Turn with(ClaimUse use) {
    List<ClaimUse> all = new ArrayList<>(claims);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).isSameGrant(use)) {
        if (use.completes() && all.get(i).completes()) {
          // Their results may differ, and nothing says which one is meant.
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

  /** With work to enqueue after the other. */
  Turn with(String queue, List<NewWork> works) {
    List<Enqueue> more = works.stream().map(work -> new Enqueue(queue, work)).toList();
    Chain<Enqueue> before = chain != null ? chain : Chain.of("work", enqueue -> null);
    SessionCommit.atMost(SessionCommit.ENQUEUES_MAX, "enqueues", before.size() + more.size());
    return new Turn(leases, claims, before.plus(more));
  }

  /** A lease that the commit rests on. Immutable, safe for use by many threads. */
  record LeaseUse(Lease lease, boolean releases) {
    LeaseUse {
      Objects.requireNonNull(lease, "lease");
    }

    boolean isSameGrant(LeaseUse other) {
      return lease.token() == other.lease.token() && lease.name().equals(other.lease.name());
    }
  }

  /** A claim that the commit rests on. Immutable, safe for use by many threads. */
  record ClaimUse(Claim claim, boolean completes, @Nullable String result) {
    ClaimUse {
      Objects.requireNonNull(claim, "claim");
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
