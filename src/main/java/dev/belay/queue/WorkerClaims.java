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
   * One thread claims a batch for all threads. So at most one batch is claimed ahead, and the next
   * free thread takes a claim from it. Only one thread waits in the store; the others wait for that
   * thread.
   *
   * Even a claim that finds no work is a write, during which no other process can write. So after
   * such a claim, the next one is made when a look has seen work. One thread makes the looks of
   * all queues, after commits and when work falls due.
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

  /** Returns the next claim, or null if there is none until the next look of the purge. */
  @Nullable HeldClaim next() throws InterruptedException {
    purge.look();
    HeldClaim next = ahead.poll();
    if (next == null && settings.batch() == 1 && !idle) {
      // Without batches the threads share no claims, so each may claim by itself.
      next = tryClaim().orElse(null);
    }
    return next != null ? next : fetch();
  }

  /** Ends the purge, after which the threads claim no more. */
  void end() {
    purge.end();
  }

  /** Returns whether there are claims whose handler has not begun. */
  boolean hasAhead() {
    return !ahead.isEmpty();
  }

  /** Gives back the claims whose handler has not begun. */
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

  /** Claims a batch. Returns its first claim, and adds the others to {@code ahead}. */
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
    } catch (Throwable e) { // for example, no memory: a claim without a handler must lapse
      held.forEach(renewals::drop);
      ahead.removeAll(held);
      throw e;
    }
  }

  private HeldClaim held(Claim claim, Hold.Sending sending) {
    return new HeldClaim(engine, claim, settings.ttl().toMillis(), sending);
  }
}
