package dev.belay.engine.line;

import dev.belay.engine.line.ConnectionPlaces.Place;
import dev.belay.store.StoreClosedException;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The executor of one connection, or of several alike: at most one thread at a time owns a
 * connection and serves the requests that wait in line. Safe for use by many threads.
 */
public final class ConnectionExecutor {
  /*
   * Ownership passes under the lock. A platform thread that finds a connection idle and the line
   * empty becomes its owner and serves its own request: handing it over and parking would cost more
   * than the transaction. Everybody else stands in line, for the executor's own threads; so do
   * virtual threads, always, because native code would hold their carrier. While someone stands in line
   * no thread overtakes it.
   *
   * A caller first touches the stack that this needs: a stack that overflows must do so before
   * anything is owned, or stands in line. Whatever is thrown later, the owner gives the connection
   * back. If even that fails it is taken away: see LineGuard, and isOwnedByCurrentThread.
   */
  private static final int STACK_PROBE_FRAMES = 160;

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
   * Starts no thread and opens no connection yet.
   *
   * @param waits how long the owner has waited for others than this process
   * @param warnMs after how many milliseconds behind one body a warning names it
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

  /** Whether the current thread runs a body on a connection of this executor. */
  public boolean isOwnedByCurrentThread() {
    return places.isOwnedByCurrentThread();
  }

  /** Runs {@code request} here or on a thread of the executor's, and waits for its outcome. */
  public <T extends @Nullable Object> T run(Request<T> request) {
    if (Thread.currentThread().isInterrupted()) {
      throw Request.interrupted(file);
    }
    int unused = probeStack(STACK_PROBE_FRAMES);
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
      request.comes(waits);
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

  private static int probeStack(int frames) {
    return frames == 0 ? 0 : probeStack(frames - 1) + 1;
  }

  /** Puts {@code request} in line for a thread of the executor's. */
  public void submit(Request<?> request) {
    request.leavesThread();
    int unused = probeStack(STACK_PROBE_FRAMES);
    lock.lock();
    try {
      requireAccepting(request);
      workers.ensureIdle();
      request.comes(waits);
      line.add(request);
      workOrEnd.signal();
      guard.watch();
    } finally {
      lock.unlock();
    }
  }

  /** While a closing store runs what it accepted before, it still takes what belongs to that. */
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
        // each request that was started has an outcome; the next ones need this thread
        Reports.report(e);
        if (e instanceof VirtualMachineError) {
          LockSupport.parkNanos(Callbacks.RETRY_NANOS); // it will not be better at once
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
            workOrEnd.signal(); // for the request behind it, which need not wait for this body
          }
          return place;
        }
        if (line.peek() == null) {
          if (drained) {
            return null;
          }
          places.signalQuiet(); // the last in line may have been withdrawn on the way here
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

  /** Whether a request waits in line. */
  public boolean isAwaited() {
    return line.peek() != null;
  }

  /** Whether there is something for {@link LineGuard} to look after. */
  boolean needsCare() {
    return isAwaited() || places.isUnsettled();
  }

  /** Runs {@code ending} unless there is something to look after, or will be meanwhile. */
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
   * Shows {@code look} every owner, and since when it is one (of {@code nanoTime}); clears what
   * owners could not; and sees to it that the line has a thread.
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

  /** Refuses new requests from now on, but for those that belong to what is accepted. */
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
   * Waits until the line is empty and no body runs, at most until {@code deadline} (of {@code
   * nanoTime}) or an interrupt; returns whether that is so.
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
   * Refuses everything; fails what is left in line, which has done nothing; and closes the
   * connections. A body that still runs keeps its connection and closes it when it ends.
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
