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
 * <p>{@link #isHeld} turns false <em>before</em> the store would let anyone else in: a margin of a
 * tenth of the ttl, at most {@link #MARGIN_MAX}, earlier. A holder that looks before each of its
 * steps, each shorter than the margin, has stopped when the next one starts. What must be exact
 * goes through {@link Leases#require}, in the transaction that writes.
 */
public final class LeaseKeeper implements AutoCloseable {
  /** The longest margin between the end of {@link #isHeld} and the expiry of the lease. */
  public static final Duration MARGIN_MAX = Hold.MARGIN_MAX;

  private static final int RETRIES_PER_TTL = 30;
  private static final long RETRY_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

  /*
   * HELD → LOST → TOLD, and from each to CLOSED; whoever changes the state first has won. So the
   * loss is told once, never after a close, and a lease once lost never seems held again, though
   * the clock be set back.
   *
   * Renewals are sent and answered on the keeper's thread, one at a time. While one is under way the
   * thread wakes when the time is up, so that a store that does not answer delays no verdict.
   */
  private enum State {
    HELD,
    LOST,
    TOLD,
    CLOSED
  }

  private final Leases leases;
  private final StoreEngine engine;
  private final KeeperTimer timer;
  private final Set<LeaseKeeper> keepers;
  private final Runnable telling = this::tell;
  private final Duration ttl;
  private final long ttlNanos;
  private final Consumer<Lease> onLost;

  private final AtomicReference<State> state = new AtomicReference<>(State.HELD);
  private volatile Hold<Lease> hold;
  private volatile @Nullable Future<?> wake;
  private volatile @Nullable Future<?> sent;
  private volatile @Nullable Throwable lastFailure;
  private volatile @Nullable CompletableFuture<Boolean> released;

  LeaseKeeper(
      Leases leases,
      StoreEngine engine,
      KeeperTimer timer,
      Set<LeaseKeeper> keepers,
      Lease lease,
      Duration ttl,
      Consumer<Lease> onLost) {
    this.leases = leases;
    this.engine = engine;
    this.timer = timer;
    this.keepers = keepers;
    this.ttl = ttl;
    this.ttlNanos = TimeUnit.MILLISECONDS.toNanos(Ttl.toMs(ttl));
    this.onLost = onLost;
    this.hold = Hold.none(lease, timer.nanoTime());
  }

  /** Renews for the first time, so that what {@link #isHeld} says rests on the store's answer. */
  void start() {
    Sending sending = sending();
    Renewal renewal = leases.renew(hold.grant(), ttl);
    keepers.add(this);
    try {
      renewed(renewal, sending);
    } catch (Throwable e) { // no thread to be had: then there is no keeper
      state.set(State.CLOSED);
      keepers.remove(this);
      cancel(wake);
      throw e;
    }
  }

  /** The lease as it was renewed last. */
  public Lease lease() {
    return hold.grant();
  }

  /**
   * Whether the lease is certainly held, for at least the margin longer. Once false it stays false.
   *
   * <p>Goes by the store's clock and by {@link System#nanoTime}, whichever is stricter, and asks
   * neither the store nor another thread: it costs two reads of a clock.
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
   * Stops renewing and releases the lease, if it is still this grant's. From now on {@code onLost}
   * is not called; a call that has begun goes on.
   *
   * <p>Waits for the release, whatever the thread's interrupt flag says. Closing again has no
   * effect, unless the release failed: then it is tried again. If nobody does, or if the store is
   * closed, the lease expires by itself.
   *
   * @throws dev.belay.store.StoreException if the release failed for another reason than a closed
   *     store; renewals have ended all the same
   * @throws IllegalStateException from inside a body; the lease is kept on
   */
  @Override
  public void close() {
    try {
      boolean unused = release().join();
    } catch (StoreClosedException e) {
      return; // there is no store left to tell; the lease expires by itself
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

  /** Closes it without waiting for the release. */
  CompletableFuture<Boolean> release() {
    engine.requireOutsideBody("LeaseKeeper.close");
    if (state.getAndSet(State.CLOSED) != State.CLOSED) {
      keepers.remove(this);
      cancel(wake);
      cancel(sent);
    }
    CompletableFuture<Boolean> last = released;
    if (last == null || last.isCompletedExceptionally()) {
      // completes where it runs: nothing hangs on it but a wait
      last = engine.verbFirstAsync(tx -> leases.release(tx, hold.grant()), Runnable::run);
      released = last; // two that close at once may both release: the second finds nothing
    }
    return last;
  }

  private void wake() {
    wake = null;
    try {
      if (isHeld() && sent == null) {
        send();
      }
    } catch (Throwable e) { // for want of memory, say: nobody else wakes this keeper
      failedOnItsThread(e);
    }
  }

  private void send() {
    Sending sending = sending();
    wakeIn(hold.leftNanos(sending.nanos()));
    try {
      CompletableFuture<Renewal> answer =
          engine.verbFirstAsync(tx -> leases.renew(tx, hold.grant(), ttl), timer);
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
   * Goes on after {@code failure} whatever it is: for as long as the lease is held it must wake.
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
      // first of all: whatever the rest does, the holder must learn to stop
      try {
        engine.callbacks().execute(telling);
      } finally {
        keepers.remove(this);
        cancel(wake);
        cancel(sent);
        report();
      }
    }
  }

  private void tell() {
    if (state.compareAndSet(State.LOST, State.TOLD)) {
      onLost.accept(hold.grant());
    }
  }

  private void report() {
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
