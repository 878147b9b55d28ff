package dev.belay.engine.line;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who owns the connections of one executor. Safe for use by many threads; what says so is called
 * under the executor's lock.
 */
final class ConnectionPlaces {
  /** A connection's place: the thread that owns it, and since when. */
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
   * All free.
   *
   * @param lock of the executor
   * @param given called under the lock when a place has been given back
   * @param unsettled called under the lock when something is left behind in a place
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

  /** Makes the current thread the owner of a free place, if there is one. Under the lock. */
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

  /** Whether the current thread runs a body on one of the connections. */
  boolean isOwnedByCurrentThread() {
    Thread current = Thread.currentThread();
    for (Place place : places) {
      if (place.owner == current) {
        if (LineGuard.isServing()) {
          return true;
        }
        // An error has left it without running its finally. It would stand in line behind itself
        // for ever if giving back failed once more, so that is tried again.
        for (int tries = 0; place.owner == current && tries < TAKING_TRIES_MAX; tries++) {
          takeAway(place, current, place.ownedSince);
        }
      }
    }
    return false;
  }

  /**
   * Gives the connection back, whatever is thrown meanwhile: the caller has its answer. False if
   * that is not possible, so that it must be taken away.
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

  /** Gives back whatever the current thread owns; false if that is not possible. */
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
        return; // it was taken away
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

  /** Whether something is left behind that may hold locks. */
  boolean isUnsettled() {
    return places.stream().anyMatch(place -> !place.settled);
  }

  /** Shows {@code look} every owner, and clears what owners could not or are gone from. */
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
   * Waits while {@code busy}, or while a body runs, at most until {@code deadline} (of {@code
   * nanoTime}). Under the lock.
   */
  void awaitQuiet(BooleanSupplier busy, long deadline) throws InterruptedException {
    long left = deadline - System.nanoTime();
    while (left > 0 && (isOwned() || busy.getAsBoolean())) {
      left = quiet.awaitNanos(left);
    }
  }

  /** Whether a body runs. */
  boolean isOwned() {
    for (Place place : places) {
      if (place.owner != null) {
        return true;
      }
    }
    return false;
  }

  /** Closes the connections; a body that still runs keeps its own and closes it when it ends. */
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
        interrupted = true; // it is kept for afterwards
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
    // held while it closes: a thread that closes too has closed when it returns
    synchronized (place) {
      if (!place.closed) {
        place.runner.close(); // if it throws, closing again tries again
        place.closed = true;
      }
    }
  }
}
