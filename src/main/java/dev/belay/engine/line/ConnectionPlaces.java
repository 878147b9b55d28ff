package dev.belay.engine.line;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one executor and their owners. Safe for use by many threads; the methods that
 * say so must be called under the executor's lock.
 */
final class ConnectionPlaces {
  /** The place of one connection: its owner, and the time at which the owner took it. */
  static final class Place {
    private final RequestRunner runner;
    private volatile @Nullable Thread owner;
    private volatile long ownedSince;
    private volatile boolean settled = true;
    private boolean abandoned;
    private boolean closed;
    private boolean cleared;

    private Place(RequestRunner runner) {
      this.runner = runner;
    }

    RequestRunner runner() {
      return runner;
    }
  }

  private static final int TAKING_TRIES_MAX = 3;
  private static final long CLEARING_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final List<Place> places;
  private final FaultPoints faults;
  private final ReentrantLock lock;
  private final Condition quiet;
  private final Runnable given;
  private final Runnable unsettled;

  /**
   * Creates the places, all of them free.
   *
   * @param lock the executor's lock
   * @param given called under the lock after a place has been given back
   * @param unsettled called under the lock when an owner has left something in a place that must
   *     still be closed or cleared
   */
  ConnectionPlaces(
      List<? extends RequestRunner> runners,
      FaultPoints faults,
      ReentrantLock lock,
      Runnable given,
      Runnable unsettled) {
    this.places = runners.stream().map(Place::new).toList();
    this.faults = faults;
    this.lock = lock;
    this.quiet = lock.newCondition();
    this.given = given;
    this.unsettled = unsettled;
  }

  /**
   * Makes the current thread the owner of a free place and returns the place; null if none is free.
   * Under the lock.
   */
  @Nullable Place own() {
    for (Place place : places) {
      if (place.owner == null) {
        place.ownedSince = System.nanoTime();
        place.owner = Thread.currentThread();
        return place;
      }
    }
    return null;
  }

  /** Returns whether the current thread runs a body on one of the connections. */
  boolean isOwnedByCurrentThread() {
    Thread current = Thread.currentThread();
    for (Place place : places) {
      if (place.owner == current) {
        if (LineGuard.isServing()) {
          return true;
        }
        // An error has unwound this thread without running its finally block. If giving the place
        // back failed once more, the thread would wait in line behind itself for ever. So that is
        // tried again.
        for (int tries = 0; place.owner == current && tries < TAKING_TRIES_MAX; tries++) {
          takeAway(place, current, place.ownedSince);
        }
      }
    }
    return false;
  }

  /**
   * Gives the connection back, whatever is thrown meanwhile: the caller has its answer. Returns
   * false if that is not possible; then the connection must be taken away from the current thread.
   */
  boolean givesBack(Place place) {
    for (int tries = 0; tries < 2; tries++) {
      try {
        disown(place);
        return true;
      } catch (Throwable e) {
        Reports.report(e);
      }
    }
    return place.owner != Thread.currentThread();
  }

  /**
   * Gives back all connections that the current thread owns. Returns false if that is not possible.
   */
  boolean givesAllBack() {
    boolean all = true;
    for (Place place : places) {
      if (place.owner == Thread.currentThread()) {
        all &= givesBack(place);
      }
    }
    return all;
  }

  private void disown(Place place) {
    faults.reach(FaultPoints.Point.DISOWNS);
    boolean settled = place.runner.current().isSettled();
    boolean last;
    lock.lock();
    try {
      if (place.owner != Thread.currentThread()) {
        return; // the connection was taken away from this thread
      }
      place.settled = settled;
      if (!settled) {
        unsettled.run();
      }
      place.owner = null;
      place.cleared = false;
      last = place.abandoned;
      given.run();
      quiet.signalAll();
    } finally {
      lock.unlock();
    }
    if (last) {
      close(place);
    }
  }

  /** Returns whether an owner has left something in a place that may hold locks. */
  boolean isUnsettled() {
    return places.stream().anyMatch(place -> !place.settled);
  }

  /**
   * Shows {@code look} every owner. Clears each place that its owner could not clear or has left
   * without giving it back.
   */
  void care(LineGuard.Look look) {
    for (Place place : places) {
      long since = place.ownedSince;
      Thread owner = place.owner;
      if (owner == null
          ? !place.settled
          : look.isGone(owner, since, place.runner.current().bodySince())) {
        takeAway(place, owner, since);
      }
    }
  }

  /**
   * Takes the connection from an owner that can no longer give it back; null if it has no owner.
   */
  private void takeAway(Place place, @Nullable Thread owner, long since) {
    lock.lock();
    try {
      if (place.owner != owner || place.ownedSince != since) {
        return;
      }
      place.owner = Thread.currentThread();
      place.cleared = true;
    } finally {
      lock.unlock();
    }
    try {
      place.runner.current().abandon();
    } finally {
      boolean unused = givesBack(place);
    }
  }

  /** Wakes the threads that wait in {@link #awaitQuiet}. Under the lock. */
  void signalQuiet() {
    quiet.signalAll();
  }

  /**
   * Waits while {@code busy} is true or a body runs, at most until {@code deadline} (of {@code
   * nanoTime}). Under the lock.
   */
  void awaitQuiet(BooleanSupplier busy, long deadline) throws InterruptedException {
    long left = deadline - System.nanoTime();
    while (left > 0 && (isOwned() || busy.getAsBoolean())) {
      left = quiet.awaitNanos(left);
    }
  }

  /** Returns whether a connection has an owner, which may run a body. */
  boolean isOwned() {
    for (Place place : places) {
      if (place.owner != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Closes the connections. A body that still runs keeps its connection; its thread closes the
   * connection when the body ends.
   */
  void close() {
    for (Place place : places) {
      if (ownToClose(place)) {
        try {
          close(place);
        } finally {
          disownClosed(place);
        }
      }
    }
  }

  /** Keeps {@link #care} away. Returns false if a thread still owns it, which then closes it. */
  private boolean ownToClose(Place place) {
    lock.lock();
    try {
      awaitCleared(place);
      if (place.owner != null) {
        place.abandoned = true;
        return false;
      }
      place.ownedSince = System.nanoTime();
      place.owner = Thread.currentThread();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the thread that clears up after an owner, which takes a moment. */
  private void awaitCleared(Place place) {
    long deadline = System.nanoTime() + CLEARING_NANOS_MAX;
    boolean interrupted = Thread.interrupted();
    while (place.owner != null && place.cleared && deadline - System.nanoTime() > 0) {
      try {
        long unused = quiet.awaitNanos(deadline - System.nanoTime());
      } catch (InterruptedException e) {
        interrupted = true; // the flag is set again after the wait
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void disownClosed(Place place) {
    lock.lock();
    try {
      place.owner = null;
      quiet.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static void close(Place place) {
    // Held during the close, so that a second close() returns only once the first has finished.
    synchronized (place) {
      if (!place.closed) {
        place.runner.close(); // if this throws, the next close() tries again
        place.closed = true;
      }
    }
  }
}
