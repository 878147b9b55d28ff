package dev.belay.shedlock;

import dev.belay.Belay;
import dev.belay.store.TextRule;
import java.util.Objects;
import java.util.Optional;
import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.support.Utils;

/**
 * A lock provider whose locks are leases of a Belay store. Safe for use by many threads.
 *
 * <ul>
 *   <li>The name of a lock is the name of its lease: {@code belay.leases().find(name)} returns it,
 *       and a lease that the application acquires by the same name excludes the lock. Names follow
 *       {@link TextRule#id}.
 *   <li>All times are those of the store's clock: {@code lockAtMostFor} and {@code lockAtLeastFor}
 *       begin when the lease is granted, whatever the clock of this process says.
 *   <li>{@code lockAtMostFor} is rounded down to milliseconds, to 1 ms at least.
 *   <li>The store is not closed with the provider; there is nothing to close.
 * </ul>
 */
public final class BelayLockProvider implements ExtensibleLockProvider {
  private final Belay belay;
  private final String holder;

  /**
   * Creates a provider whose holder is {@code host:pid}, with the name of this host and the id of
   * this process.
   */
  public BelayLockProvider(Belay belay) {
    this(belay, Utils.getHostname() + ":" + ProcessHandle.current().pid());
  }

  /**
   * Creates a provider.
   *
   * @param holder the label of this process in its leases, for people; it gives no right
   * @throws IllegalArgumentException if the holder breaks {@link TextRule#id}
   */
  public BelayLockProvider(Belay belay, String holder) {
    this.belay = Objects.requireNonNull(belay, "belay");
    this.holder = TextRule.id("holder", holder);
  }

  /**
   * Acquires a lock, which is a {@link BelayLock}. Empty if the name has a live lease, also one of
   * this process.
   *
   * @throws IllegalArgumentException if the name breaks {@link TextRule#id}
   * @throws dev.belay.store.StoreException if the store failed; rules as for any verb of Belay
   */
  @Override
  public Optional<SimpleLock> lock(LockConfiguration configuration) {
    return belay
        .leases()
        .acquire(configuration.getName(), holder, LockTimes.of(configuration).ttl())
        .granted()
        .map(lease -> new BelayLock(belay, configuration, lease));
  }
}
