package dev.belay.queue;

import dev.belay.engine.Hold;
import dev.belay.engine.StoreEngine;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Claims work for the threads of one worker. Safe for use by many threads. */
final class WorkerClaims {
  /*
   * One thread claims a batch for all. So at most one batch is claimed ahead, however many threads
   * there are, and the next free thread takes from it. Only one thread waits in the store; the
   * others wait for that thread.
   *
   * A claim is a write, also one that finds nothing: it keeps all other processes from writing. So
   * once a claim has found nothing, the next is made after a look has seen work. One thread makes
   * the looks of all queues, after commits and when a time has come.
   */
  private final StoreEngine engine;
  private final WaitVerbs waits;
  private final ClaimVerbs verbs;
  private final WorkerSettings settings;
  private final WorkerRenewals renewals;
  private final WorkerPurge purge;
  private final Queue<HeldClaim> ahead = new ConcurrentLinkedQueue<>();
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile boolean idle = true;

  WorkerClaims(StoreQueues store, WorkerSettings settings, WorkerRenewals renewals) {
    this.engine = store.engine();
    this.waits = store.waits();
    this.verbs = new ClaimVerbs(store, settings.queue());
    this.settings = settings;
    this.renewals = renewals;
    this.purge = new WorkerPurge(store, settings.queue());
  }

  /** Returns the next claim; null if none has come for a while. */
  @Nullable HeldClaim next() throws InterruptedException {
    purge.look();
    HeldClaim next = ahead.poll();
    if (next == null && settings.batch() == 1 && !idle) {
      // There is nothing to share, so the threads need not claim one after another.
      next = tryClaim().orElse(null);
    }
    return next != null ? next : fetch();
  }

  /** Ends the purge; the threads claim no more. */
  void end() {
    purge.end();
  }

  /** Whether something was claimed ahead and has not begun. */
  boolean hasAhead() {
    return !ahead.isEmpty();
  }

  /** Gives back what was claimed ahead and has not begun. */
  void releaseAhead(WorkerSettler settler) {
    for (HeldClaim claim = ahead.poll(); claim != null; claim = ahead.poll()) {
      settler.release(claim);
    }
  }

  private @Nullable HeldClaim fetch() throws InterruptedException {
    fetching.lockInterruptibly();
    try {
      HeldClaim next = ahead.poll();
      if (next == null && !idle) {
        next = tryClaim().orElse(null);
      }
      return next != null ? next : await();
    } finally {
      fetching.unlock();
    }
  }

  private @Nullable HeldClaim await() throws InterruptedException {
    purge.idle();
    return waits
        .untilCalled(
            new Awaited.Claimable(settings.queue()),
            settings.batch(),
            System.nanoTime() + purge.nanosUntilLook(),
            Optional.<HeldClaim>empty(),
            this::tryClaim,
            Optional::isPresent)
        .orElse(null);
  }

  /** Claims a batch: the first of it, the others ahead. */
  private Optional<HeldClaim> tryClaim() {
    Hold.Sending sending = Hold.Sending.now(engine.clock());
    List<Claim> claims = verbs.batch(settings.name(), settings.ttl(), settings.batch());
    idle = claims.isEmpty();
    if (claims.isEmpty()) {
      return Optional.empty();
    }
    purge.claimed(claims.size());
    List<HeldClaim> held = claims.stream().map(claim -> held(claim, sending)).toList();
    try {
      held.forEach(renewals::keep);
      ahead.addAll(held.subList(1, held.size()));
      return Optional.of(held.get(0));
    } catch (Throwable e) { // no memory, perhaps: a claim without a handler must lapse
      held.forEach(renewals::drop);
      ahead.removeAll(held);
      throw e;
    }
  }

  private HeldClaim held(Claim claim, Hold.Sending sending) {
    return new HeldClaim(engine, claim, settings.ttl().toMillis(), sending);
  }
}
