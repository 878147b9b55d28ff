package dev.belay.queue;

import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Settles the claims of a worker, again and again if the store is in trouble, for as long as they
 * are held. Safe for use by many threads.
 *
 * <p>A claim that is not live any more is left alone: its handler has settled it, or somebody else
 * has the work. What cannot be settled lapses.
 */
final class Settler {
  private static final long RETRY_NANOS_FIRST = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long RETRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final WorkQueue queue;
  private final Renewals renewals;

  Settler(WorkQueue queue, Renewals renewals) {
    this.queue = queue;
    this.renewals = renewals;
  }

  /** Completes each of {@code held} in a transaction of its own. */
  void complete(List<HeldClaim> held) {
    settle(held, one -> queue.tx().write(tx -> complete(tx, one)));
  }

  /** Completes {@code held} in {@code tx}, once. */
  Settlement complete(Tx tx, HeldClaim held) {
    @Nullable String result = held.result();
    return result == null
        ? queue.complete(tx, held.claim())
        : queue.complete(tx, held.claim(), result);
  }

  /** Somebody has settled {@code held}. */
  void settled(HeldClaim held) {
    renewals.drop(held);
  }

  void fail(HeldClaim held, Throwable thrown) {
    String error = ErrorText.of(thrown);
    settle(List.of(held), one -> queue.fail(one.claim(), error));
  }

  void release(HeldClaim held) {
    settle(List.of(held), one -> queue.release(one.claim()));
  }

  /** Gives back what somebody may still be at, for the time when its claim would have lapsed. */
  void giveBackAtExpiry(HeldClaim held) {
    renewals.drop(held);
    Instant expiresAt = held.claim().expiresAt();
    settle(List.of(held), one -> queue.defer(one.claim(), expiresAt));
    held.givenBack();
  }

  private interface Verb {
    Settlement apply(HeldClaim held);
  }

  /** Tries one after another, then again those that could not be: none stands behind another. */
  private void settle(List<HeldClaim> held, Verb verb) {
    long retryNanos = RETRY_NANOS_FIRST;
    try {
      List<HeldClaim> left = new ArrayList<>(held);
      while (true) {
        left.removeIf(one -> tried(one, verb));
        if (left.isEmpty()) {
          return;
        }
        LockSupport.parkNanos(this, retryNanos);
        retryNanos = Math.min(2 * retryNanos, RETRY_NANOS_MAX);
      }
    } finally {
      held.forEach(renewals::drop);
    }
  }

  /** Whether that was all that can be done. */
  private boolean tried(HeldClaim held, Verb verb) {
    try {
      Settlement unused = verb.apply(held);
      return true;
    } catch (StoreClosedException e) {
      return true;
    } catch (StoreException e) {
      boolean unused = Thread.interrupted(); // a stop; it must not stand in the way of its own aim
      boolean again = e.isRetryable() || e instanceof CommitUnknownException;
      if (again && held.isHeld()) {
        return false;
      }
      couldNot(held, e);
      return true;
    } catch (RuntimeException | Error e) {
      couldNot(held, e);
      return true;
    }
  }

  /** Tells that {@code held} could not be settled. */
  void couldNot(HeldClaim held, Throwable failure) {
    renewals.warn(held.claim() + " could not be settled and will lapse", failure);
  }
}
