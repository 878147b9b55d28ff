package dev.belay.lease;

import dev.belay.engine.GroupVerbs;
import dev.belay.engine.GroupVerbs.Acquired;
import dev.belay.engine.GroupVerbs.Grant;
import dev.belay.engine.StoreEngine;
import dev.belay.store.CommitUnknownException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The verbs of leases in their usual case, which an engine may run for several callers at once.
 * Safe for use by many threads.
 */
final class GroupedLeases {
  private final StoreEngine engine;

  GroupedLeases(StoreEngine engine) {
    this.engine = engine;
  }

  /** Asks for a lease; null if nothing has happened. */
  @Nullable Acquisition acquire(String name, String holder, long ttlMs) {
    Acquired acquired = engine.groups().acquire(new GroupVerbs.Request(name, holder, ttlMs));
    if (acquired == null) {
      return null;
    }
    Grant last = acquired.last();
    Grant grant = acquired.granted();
    if (grant == null) {
      Grant live = Objects.requireNonNull(last);
      return new Acquisition.Held(live.holder(), live.token(), live.expiresAt());
    }
    return new Acquisition.Granted(
        new Lease(name, holder, grant.token(), grant.acquiredAt(), grant.expiresAt()),
        last == null ? null : new Displaced(last.holder(), last.token(), last.expiresAt()));
  }

  /**
   * Releases a live lease; otherwise {@code alone} does. If the outcome is unknown, {@code alone}
   * releases it too; if that finds it lost, it stays unknown who has ended it.
   */
  boolean release(Lease lease, BooleanSupplier alone) {
    try {
      return engine.groups().release(lease.name(), lease.token()) || alone.getAsBoolean();
    } catch (CommitUnknownException e) {
      if (alone.getAsBoolean()) {
        return true;
      }
      throw e;
    }
  }
}
