package dev.belay.engine.line;

import dev.belay.engine.line.ConnectionPlaces.Place;
import dev.belay.store.StoreClosedException;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The executor of one connection, or of several connections of one kind. At most one thread at a
 * time owns a connection; it serves the requests that wait in line. Safe for use by many threads.
 */
public final class ConnectionExecutor {
  /*
   * 1. Ownership of a connection changes only under the lock.
   * 2. A platform thread that finds a connection idle and the line empty becomes the owner and
   *    serves its own request. Handing the request over and parking would cost more than the
   *    transaction.
   * 3. Every other request waits in line for the executor's own threads. The request of a virtual
   *    thread always does: native code would hold the carrier of that thread.
   * 4. While a request waits in line, no later caller serves itself.
   *
   * 5. A caller first touches as much of its stack as the steps below need. A stack that overflows
   *    must do so before the caller owns a connection or has a request in line.
   * 6. Whatever is thrown later, the owner gives the connection back. If even that fails, the
   *    connection is taken away from the owner: see LineGuard and isOwnedByCurrentThread.
   */
  private final String file;
  private final Callbacks callbacks;
  private final FaultPoints faults;
  private final WaitClock waits;
  private final Line line = new Line();
  private final ConnectionPlaces places;
  private final LineGuard guard;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition workOrEnd = lock.newCondition();
  private final ExecutorThreads workers;
  private boolean refusing;
  private boolean drained;

  /**
   * Creates the executor without starting a thread or opening a connection.
   *
   * @param waits the time that the owner has spent waiting for other processes
   * @param warnMs the time, in milliseconds, after which a warning names a body that makes requests
   *     wait
   */
  public ConnectionExecutor(
      String name,
      String file,
      WaitClock waits,
      List<? extends RequestRunner> runners,
      Callbacks callbacks,
      long warnMs,
      FaultPoints faults) {
    this.workers = new ExecutorThreads(name, runners.size(), this::work);
    this.file = file;
    this.waits = waits;
    this.callbacks = callbacks;
    this.faults = faults;
    this.guard = new LineGuard(this, file, warnMs);
    this.places = new ConnectionPlaces(runners, faults, lock, this::placeGiven, guard::watch);
  }

  private void placeGiven() {
    if (refusing || line.peek() != null) {
      workOrEnd.signal();
    }
  }

  /** Returns whether the current thread runs a body on a connection of this executor. */
  public boolean isOwnedByCurrentThread() {
    return places.isOwnedByCurrentThread();
  }

  /** Runs {@code request} here or on a thread of this executor. Returns its outcome. */
  public <T extends @Nullable Object> T run(Request<T> request) {
    if (Thread.currentThread().isInterrupted()) {
      throw Request.interrupted(file);
    }
    StackProbe.touch();
    Place place = VirtualThreads.isCurrent() ? null : own(request);
    if (place == null) {
      submit(request);
    } else {
      serveSelf(place, request);
    }
    return request.await();
  }

  private void serveSelf(Place place, Request<?> request) {
    try {
      faults.reach(FaultPoints.Point.OWNED);
      request.arrives(waits);
      place.runner().serve(request);
    } catch (Throwable e) {
      if (request.isDone()) {
        Reports.report(e);
      } else {
        request.fail(e, callbacks);
      }
    } finally {
      boolean unused = places.givesBack(place);
    }
  }

  private @Nullable Place own(Request<?> request) {
    lock.lock();
    try {
      requireAccepting(request);
      return line.peek() == null ? places.own() : null;
    } finally {
      lock.unlock();
    }
  }

  /** Puts {@code request} in line for a thread of this executor. */
  public void submit(Request<?> request) {
    request.leavesThread();
    StackProbe.touch();
    lock.lock();
    try {
      requireAccepting(request);
      workers.ensureIdle();
      request.arrives(waits);
      line.add(request);
      workOrEnd.signal();
      guard.watch();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Refuses {@code request} if the store is closing. While the store still runs the requests that
   * it had accepted, it also accepts the requests that belong to them: renewals, and those of
   * callbacks.
   */
  private void requireAccepting(Request<?> request) {
    if (refusing && (drained || (!request.kind().isFirst() && !callbacks.isCallbackThread()))) {
      throw new StoreClosedException(file + ": the store is closed", null);
    }
  }

  private void work() {
    boolean goesOn = true;
    while (goesOn) {
      try {
        faults.reach(FaultPoints.Point.WORKS);
        Place place = awaitWork();
        if (place == null) {
          return;
        }
        faults.reach(FaultPoints.Point.OWNED);
        place.runner().serve(line);
      } catch (Throwable e) {
        // each request that was started has its outcome; the next requests need this thread
        Reports.report(e);
        if (e instanceof VirtualMachineError) {
          LockSupport.parkNanos(Callbacks.RETRY_NANOS); // an immediate retry would fail again
        }
      } finally {
        goesOn = places.givesAllBack();
      }
    }
  }

  private @Nullable Place awaitWork() {
    lock.lock();
    try {
      while (true) {
        Place place = line.peek() == null ? null : places.own();
        if (place != null) {
          if (line.hasTwo() && workers.ensureIdle()) {
            workOrEnd.signal(); // the second request need not wait for the body of the first
          }
          return place;
        }
        if (line.peek() == null) {
          if (drained) {
            return null;
          }
          places.signalQuiet(); // the last request in line may have been withdrawn meanwhile
        }
        workers.becomesIdle();
        try {
          workOrEnd.awaitUninterruptibly();
        } finally {
          workers.looksAgain();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether a request waits in line. */
  public boolean isAwaited() {
    return line.peek() != null;
  }

  /** Returns whether {@link LineGuard} is needed. */
  boolean needsCare() {
    return isAwaited() || places.isUnsettled();
  }

  /** Runs {@code ending} under the lock and returns true, unless {@link LineGuard} is needed. */
  boolean endsCare(Runnable ending) {
    lock.lock();
    try {
      boolean ends = !needsCare();
      if (ends) {
        ending.run();
      }
      return ends;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Does the work of {@link LineGuard}: shows {@code look} every owner and the {@code nanoTime} at
   * which it became the owner, clears what owners could not clear, and makes sure that a thread
   * serves the line.
   */
  void care(LineGuard.Look look) {
    places.care(look);
    lock.lock();
    try {
      if (line.peek() != null) {
        workers.ensureIdle();
        workOrEnd.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Refuses new requests from now on, except those that belong to accepted requests. */
  public void refuse() {
    lock.lock();
    try {
      refusing = true;
      workOrEnd.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until no request is in line and no body runs, at most until {@code deadline} (of {@code
   * nanoTime}). Returns whether that is so. @throws InterruptedException if the current thread is
   * interrupted while it waits
   */
  public boolean awaitIdle(long deadline) throws InterruptedException {
    lock.lock();
    try {
      places.awaitQuiet(this::isAwaited, deadline);
      return !isAwaited() && !places.isOwned();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Closes the executor. It refuses every new request, fails the requests still in line, which have
   * done nothing, and closes the connections. A body that still runs keeps its connection; its
   * thread closes the connection when the body ends.
   */
  public void close() {
    lock.lock();
    try {
      refusing = true;
      drained = true;
      guard.end();
      workOrEnd.signalAll();
    } finally {
      lock.unlock();
    }
    for (Request<?> late = line.next(); late != null; late = line.next()) {
      if (late.start()) {
        late.fail(
            new StoreClosedException(file + ": closed before the body started", null), callbacks);
      }
    }
    places.close();
  }
}
