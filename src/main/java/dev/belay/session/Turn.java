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
record Turn(List<LeaseUse> leases, List<ClaimUse> claims, List<Enqueue> enqueues) {
  /** Does nothing. */
  static final Turn NONE = new Turn(List.of(), List.of(), List.of());

  Turn {
    atMost(SessionCommit.LEASES_MAX, "leases", leases.size());
    atMost(SessionCommit.CLAIMS_MAX, "claims", claims.size());
    atMost(SessionCommit.ENQUEUES_MAX, "enqueues", enqueues.size());
    leases = List.copyOf(leases);
    claims = List.copyOf(claims);
    enqueues = List.copyOf(enqueues);
  }

  /** With a lease; one that is there already is released if either says so. */
  Turn with(LeaseUse use) {
    List<LeaseUse> all = new ArrayList<>(leases);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).isSameGrant(use)) {
        if (use.releases()) {
          all.set(i, use);
        }
        return new Turn(all, claims, enqueues);
      }
    }
    all.add(use);
    return new Turn(all, claims, enqueues);
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
        return new Turn(leases, all, enqueues);
      }
    }
    all.add(use);
    return new Turn(leases, all, enqueues);
  }

  /** With work to enqueue after the other. */
  Turn with(String queue, List<NewWork> works) {
    List<Enqueue> all = new ArrayList<>(enqueues.size() + works.size());
    all.addAll(enqueues);
    works.forEach(work -> all.add(new Enqueue(queue, work)));
    return new Turn(leases, claims, all);
  }

  private static void atMost(int max, String field, int size) {
    if (size > max) {
      throw new IllegalArgumentException("a commit has at most " + max + " " + field + ": " + size);
    }
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
