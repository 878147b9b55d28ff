package dev.belay.queue;

import dev.belay.store.StoreEngine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Where the threads of one worker get their claims. Safe for use by many threads. */
final class ClaimSource {
  /*
   * A batch is claimed by one thread, for all: so as much is claimed ahead as one batch has, however
   * many threads there are, and whoever is free takes the next. One thread alone waits in the store,
   * the others stand behind it.
   */

  /** How long to wait at once: between two waits it is time to look after the queue. */
  private static final Duration WAIT = Duration.ofSeconds(1);

  private final StoreEngine engine;
  private final Waiters waiters;
  private final WorkQueue queue;
  private final WorkerSettings settings;
  private final Renewals renewals;
  private final IdlePurge purge;
  private final Queue<HeldClaim> ahead = new ConcurrentLinkedQueue<>();
  private final ReentrantLock fetching = new ReentrantLock();

  ClaimSource(
      StoreEngine engine,
      Waiters waiters,
      WorkQueue queue,
      WorkerSettings settings,
      Renewals renewals) {
    this.engine = engine;
    this.waiters = waiters;
    this.queue = queue;
    this.settings = settings;
    this.renewals = renewals;
    this.purge = new IdlePurge(queue, engine.clock());
  }

  /** The next claim; null if none has come for a while. */
  @Nullable HeldClaim next() throws InterruptedException {
    HeldClaim next = ahead.poll();
    if (next == null && settings.batch() == 1) {
      // There is nothing to share, so the threads need not claim one after another.
      next = tryClaim().orElse(null);
    }
    return next != null ? next : fetch();
  }

  /** Gives back what was claimed ahead and has not begun. */
  void releaseAhead(Settler settler) {
    for (HeldClaim claim = ahead.poll(); claim != null; claim = ahead.poll()) {
      settler.release(claim);
    }
  }

  private @Nullable HeldClaim fetch() throws InterruptedException {
    fetching.lockInterruptibly();
    try {
      HeldClaim next = ahead.poll();
      if (next == null) {
        Duration wait = purge.isDue() ? Duration.ZERO : WAIT;
        Awaited claimable = new Awaited.Claimable(queue.name());
        next =
            waiters
                .until(claimable, settings.batch(), wait, this::tryClaim, Optional::isPresent)
                .orElse(null);
      }
      if (next == null && purge.isDue()) {
        purge.batch();
      }
      return next;
    } finally {
      fetching.unlock();
    }
  }

  /** Claims a batch: the first of it, the others ahead. */
  private Optional<HeldClaim> tryClaim() {
    long sentNanos = System.nanoTime();
    List<Claim> claims = queue.claim(settings.name(), settings.ttl(), settings.batch());
    if (claims.isEmpty()) {
      return Optional.empty();
    }
    List<HeldClaim> held = claims.stream().map(claim -> held(claim, sentNanos)).toList();
    try {
      held.forEach(renewals::keep);
      ahead.addAll(held.subList(1, held.size()));
      return Optional.of(held.get(0));
    } catch (Throwable e) { // for want of memory: what nobody will handle must lapse
      held.forEach(renewals::drop);
      ahead.removeAll(held);
      throw e;
    }
  }

  private HeldClaim held(Claim claim, long sentNanos) {
    return new HeldClaim(engine.clock(), claim, settings.ttl().toMillis(), sentNanos);
  }
}
