package dev.belay.lease;

import dev.belay.engine.Hold;
import dev.belay.engine.Hold.Sending;
import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreReadOnlyException;
import dev.belay.store.Ttl;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Renews a lease until it is closed or the lease is lost; see {@link Leases#keep}. Safe for use by
 * many threads.
 *
 * <p>{@link #isHeld} becomes false <em>before</em> the store can grant the name to another holder:
 * earlier than the expiry by a margin of a tenth of the ttl, at most {@link #MARGIN_MAX}. If a
 * holder calls it before each of its steps, and each step is shorter than the margin, then the
 * holder has stopped before another holder can start. A write that must be exact calls {@link
 * Leases#require} in its transaction.
 */
public final class LeaseKeeper implements AutoCloseable {
  /** The maximum margin between the end of {@link #isHeld} and the expiry of the lease: 1 s. */
  public static final Duration MARGIN_MAX = Hold.MARGIN_MAX;

  /** A failed renewal is retried after a 30th of the ttl, at most {@link #RETRY_NANOS_MAX}. */
  private static final int RETRIES_PER_TTL = 30;

  private static final long RETRY_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100); // 100 ms

  /* HELD → LOST → REPORTED, and from each of them to CLOSED. The first thread that changes a state
   * wins. Therefore the loss is reported at most once and never after a close, and a lease that was
   * lost never appears to be held again, even if the clock is set back.
   *
   * Renewals are sent, and their results handled, on the keeper's thread, one at a time. While a
   * renewal is in progress, the thread wakes at the end of the hold, so that a store that does not
   * answer cannot delay the report of a loss.
   */
  private enum State {
    HELD,
    LOST,
    REPORTED,
    CLOSED
  }

  /**
   * What all keepers of a store share. Immutable, safe for use by many threads.
   *
   * @param keepers the open keepers, in a set that is safe for use by many threads
   */
  record Shared(StoreEngine engine, KeeperTimer timer, Set<LeaseKeeper> keepers) {}

  private final Leases leases;
  private final StoreEngine engine;
  private final KeeperTimer timer;
  private final Set<LeaseKeeper> keepers;
  private final Runnable lossReport = this::reportLoss;
  private final Duration ttl;
  private final long ttlNanos;
  private final Consumer<Lease> onLost;

  private final AtomicReference<State> state = new AtomicReference<>(State.HELD);
  private volatile Hold<Lease> hold;
  private volatile @Nullable Future<?> wake;
  private volatile @Nullable Future<?> sent;
  private volatile @Nullable Throwable lastFailure;
  private volatile @Nullable CompletableFuture<Boolean> released;

  LeaseKeeper(Leases leases, Shared shared, Lease lease, Duration ttl, Consumer<Lease> onLost) {
    this.leases = leases;
    this.engine = shared.engine();
    this.timer = shared.timer();
    this.keepers = shared.keepers();
    this.ttl = ttl;
    this.ttlNanos = TimeUnit.MILLISECONDS.toNanos(Ttl.toMs(ttl));
    this.onLost = onLost;
    this.hold = Hold.none(lease, timer.nanoTime());
  }

  /**
   * Renews the lease for the first time, so that {@link #isHeld} starts from an answer of the
   * store.
   */
  void start() {
    Sending sending = sending();
    Renewal renewal = leases.renew(hold.grant(), ttl);
    keepers.add(this);
    try {
      renewed(renewal, sending);
    } catch (Throwable e) { // no thread could be started: then there is no keeper
      state.set(State.CLOSED);
      keepers.remove(this);
      cancel(wake);
      throw e;
    }
  }

  /** Returns the lease as of its last renewal. */
  public Lease lease() {
    return hold.grant();
  }

  /**
   * Returns true if the lease is certainly held, now and for at least the margin. Once false, it
   * stays false.
   *
   * <p>Compares the expiry with the store's clock and with {@link System#nanoTime}; both must allow
   * it. It waits neither for the store nor for another thread: its cost is two reads of a clock.
   */
  public boolean isHeld() {
    if (state.get() != State.HELD) {
      return false;
    }
    if (hold.isHeld(engine.clock(), timer.nanoTime())) {
      return true;
    }
    lose();
    return false;
  }

  /**
   * Stops renewing and releases the lease if it is still live. From now on {@code onLost} is not
   * called; a call that has begun continues.
   *
   * <p>Waits for the release, even if the thread is interrupted. If the release failed, a further
   * call tries it again; otherwise a further call has no effect. If there is no further call, or if
   * the store is closed, the lease expires by itself.
   *
   * @throws dev.belay.store.StoreException if the release failed for another reason than a closed
   *     store; even then the keeper stops renewing
   * @throws IllegalStateException if called from inside a body; the keeper continues to renew
   */
  @Override
  public void close() {
    try {
      boolean unused = release().join();
    } catch (StoreClosedException e) {
      return; // a closed store takes no release; the lease expires by itself
    } catch (CompletionException e) {
      if (e.getCause() instanceof StoreClosedException) {
        return;
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Closes this keeper without waiting for the release, and returns the future of the release. */
  CompletableFuture<Boolean> release() {
    engine.requireOutsideBody("LeaseKeeper.close");
    if (state.getAndSet(State.CLOSED) != State.CLOSED) {
      keepers.remove(this);
      cancel(wake);
      cancel(sent);
    }
    CompletableFuture<Boolean> last = released;
    if (last == null || last.isCompletedExceptionally()) {
      // completes on the thread that runs the body: no action is added to it, only join() waits
      last = engine.verbFirstAsync(tx -> leases.release(tx, hold.grant()), Runnable::run);
      released = last; // two threads that close at once may both release: the second matches no row
    }
    return last;
  }

  private void wake() {
    wake = null;
    try {
      if (isHeld() && sent == null) {
        send();
      }
    } catch (Throwable e) { // out of memory, for example: no other thread wakes this keeper
      failedOnItsThread(e);
    }
  }

  private void send() {
    Sending sending = sending();
    wakeIn(hold.leftNanos(sending.nanos()));
    try {
      CompletableFuture<Renewal> answer =
          engine.verbFirstAsync(new LeaseRenewal(leases, hold.grant(), ttl), timer);
      sent = answer;
      var unused = answer.whenComplete((renewal, failure) -> answered(renewal, failure, sending));
    } catch (RuntimeException e) {
      sent = null;
      failed(e);
    }
  }

  private Sending sending() {
    return new Sending(engine.clock().instant(), timer.nanoTime());
  }

  private void answered(@Nullable Renewal renewal, @Nullable Throwable failure, Sending sending) {
    sent = null;
    if (state.get() != State.HELD) {
      return;
    }
    try {
      if (renewal != null) {
        renewed(renewal, sending);
      } else if (failure != null) {
        failed(failure);
      }
    } catch (Throwable e) {
      failedOnItsThread(e);
    }
  }

  /**
   * Continues after any {@code failure}: while the lease is held, the keeper must have a time to
   * wake.
   */
  private void failedOnItsThread(Throwable failure) {
    cancel(sent);
    sent = null;
    while (isHeld()) {
      try {
        failed(failure);
        return;
      } catch (Throwable e) {
        LockSupport.parkNanos(RETRY_NANOS_MAX);
      }
    }
  }

  private void renewed(Renewal renewal, Sending sending) {
    if (renewal instanceof Renewal.Renewed renewed) {
      Lease lease = renewed.lease();
      Hold<Lease> renewedHold = Hold.of(lease, lease.expiresAt(), sending, ttlNanos);
      hold = renewedHold;
      lastFailure = null;
      wakeIn(renewedHold.untilRenewalNanos(timer.nanoTime()));
    } else {
      lose();
    }
  }

  private void failed(Throwable failure) {
    lastFailure = failure;
    long leftNanos = hold.leftNanos(timer.nanoTime());
    boolean forGood =
        failure instanceof StoreClosedException || failure instanceof StoreReadOnlyException;
    wakeIn(
        forGood
            ? leftNanos
            : Math.min(leftNanos, Math.min(ttlNanos / RETRIES_PER_TTL, RETRY_NANOS_MAX)));
  }

  private void wakeIn(long delayNanos) {
    cancel(wake);
    wake = timer.schedule(this::wake, delayNanos);
  }

  private void lose() {
    if (state.compareAndSet(State.HELD, State.LOST)) {
      // first, because the holder must be called even if a later step fails
      try {
        engine.callbacks().execute(lossReport);
      } finally {
        keepers.remove(this);
        cancel(wake);
        cancel(sent);
        logFailure();
      }
    }
  }

  private void reportLoss() {
    if (state.compareAndSet(State.LOST, State.REPORTED)) {
      onLost.accept(hold.grant());
    }
  }

  private void logFailure() {
    Throwable failure = lastFailure;
    if (failure != null && !(failure instanceof StoreClosedException)) {
      engine.warn(
          "lease '" + hold.grant().name() + "' is lost: it could not be renewed in time", failure);
    }
  }

  private static void cancel(@Nullable Future<?> future) {
    if (future != null) {
      future.cancel(false);
    }
  }
}
