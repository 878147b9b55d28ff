package dev.belay.sqlite;

import dev.belay.store.StoreClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The executor of one connection, or of several alike: at most one thread at a time owns a
 * connection and serves the requests that wait in line. Safe for use by many threads.
 */
final class ConnectionExecutor {
  /** Serves every request of a source, on the thread that owns the connection. */
  interface Server {
    void serve(Source source);

    /** Since when the body runs that runs now, of {@code nanoTime}; 0 if none does. */
    long bodySince();

    /** Whether nothing is left to be closed or cleared, which may hold locks. */
    boolean isSettled();

    /** Ends what an owner left behind that could not, or is no longer there. */
    void abandon();

    /** Ends the connection, on the thread that owned it last. */
    void close();
  }

  /** A connection's place: who owns it, and since when. */
  private static final class Place {
    final Server server;
    volatile @Nullable Thread owner;
    volatile long ownedSince;
    volatile boolean settled = true;
    boolean abandoned;
    boolean closed;

    Place(Server server) {
      this.server = server;
    }
  }

  /*
   * Ownership passes under the lock. A platform thread that finds a connection idle and nobody in
   * line becomes its owner and serves its own request: handing it over and parking would cost more
   * than the transaction. Everybody else stands in line, for the executor's own threads; so do
   * virtual threads, always, because SQLite would hold their carrier. While someone stands in line
   * nobody overtakes.
   *
   * A caller first touches the stack that this needs: a stack that overflows must do so before
   * anything is owned, or stands in line. Whatever is thrown later, the owner gives the connection
   * back. If even that fails it is taken away: see LineGuard, and isOwnedByCurrentThread.
   */
  private static final int STACK_PROBE_FRAMES = 160;

  private final String name;
  private final String file;
  private final Callbacks callbacks;
  private final FaultPoints faults;
  private final Line line;
  private final List<Place> places;
  private final LineGuard guard;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition workOrEnd = lock.newCondition();
  private final Condition quiet = lock.newCondition();
  private final List<Thread> workers = new ArrayList<>();
  private int idleWorkers;
  private boolean refusing;
  private boolean drained;

  /**
   * Starts no thread and opens no connection yet.
   *
   * @param warnMs after how many milliseconds behind one body a warning names it
   */
  ConnectionExecutor(
      String name,
      String file,
      Line line,
      List<? extends Server> servers,
      Callbacks callbacks,
      long warnMs,
      FaultPoints faults) {
    this.name = name;
    this.file = file;
    this.line = line;
    this.places = servers.stream().map(Place::new).toList();
    this.callbacks = callbacks;
    this.faults = faults;
    this.guard = new LineGuard(this, file, warnMs);
  }

  /** Whether the current thread runs a body on a connection of this executor. */
  boolean isOwnedByCurrentThread() {
    Thread current = Thread.currentThread();
    for (Place place : places) {
      if (place.owner == current) {
        if (LineGuard.isServing()) {
          return true;
        }
        takeAway(place, current, place.ownedSince); // an error has unwound it past its finally
      }
    }
    return false;
  }

  /** Runs {@code request} here or on a thread of the executor's, and waits for its outcome. */
  <T extends @Nullable Object> T run(Request<T> request, boolean first) {
    if (Thread.currentThread().isInterrupted()) {
      throw Request.interrupted(file);
    }
    int unused = probeStack(STACK_PROBE_FRAMES);
    Place place = VirtualThreads.isCurrent() ? null : own(first);
    if (place == null) {
      submit(request, first);
    } else {
      serveSelf(place, request);
    }
    return request.await();
  }

  private void serveSelf(Place place, Request<?> request) {
    try {
      faults.reach(FaultPoints.Point.OWNED);
      line.stamp(request);
      place.server.serve(request);
    } catch (Throwable e) {
      if (request.isDone()) {
        Callbacks.report(e);
      } else {
        request.fail(e, callbacks);
      }
    } finally {
      boolean unused = givesBack(place);
    }
  }

  private @Nullable Place own(boolean first) {
    lock.lock();
    try {
      requireAccepting(first);
      return line.peek() == null ? ownFree() : null;
    } finally {
      lock.unlock();
    }
  }

  private static int probeStack(int frames) {
    return frames == 0 ? 0 : probeStack(frames - 1) + 1;
  }

  private @Nullable Place ownFree() {
    for (Place place : places) {
      if (place.owner == null) {
        place.ownedSince = System.nanoTime();
        place.owner = Thread.currentThread();
        return place;
      }
    }
    return null;
  }

  /** Puts {@code request} in line for a thread of the executor's. */
  void submit(Request<?> request, boolean first) {
    int unused = probeStack(STACK_PROBE_FRAMES);
    lock.lock();
    try {
      requireAccepting(first);
      replaceDeadWorkers();
      line.add(request, first);
      workOrEnd.signal();
      guard.watch();
    } finally {
      lock.unlock();
    }
  }

  private void replaceDeadWorkers() {
    workers.removeIf(worker -> !worker.isAlive()); // an error has ended it
    if (idleWorkers == 0) {
      startWorker();
    }
  }

  private void startWorker() {
    if (workers.size() >= places.size()) {
      return;
    }
    Thread starting = Threads.daemon(name(workers.size()), this::work);
    try {
      starting.start();
      workers.add(starting);
    } catch (Throwable e) {
      if (workers.isEmpty()) { // else the others serve the line too
        throw e;
      }
    }
  }

  private String name(int number) {
    return places.size() == 1 ? name : name + "-" + number;
  }

  /** While a closing store runs what it accepted before, it still takes what belongs to that. */
  private void requireAccepting(boolean first) {
    if (refusing && (drained || (!first && !callbacks.isCallbackThread()))) {
      throw new StoreClosedException(file + ": the store is closed", null);
    }
  }

  /**
   * Gives the connection back, whatever is thrown meanwhile: the caller has its answer. False if
   * that is not possible, so that it must be taken away.
   */
  private boolean givesBack(Place place) {
    for (int tries = 0; tries < 2; tries++) {
      try {
        disown(place);
        return true;
      } catch (Throwable e) {
        Callbacks.report(e);
      }
    }
    return place.owner != Thread.currentThread();
  }

  private void disown(Place place) {
    faults.reach(FaultPoints.Point.DISOWNS);
    boolean settled = place.server.isSettled();
    boolean last;
    lock.lock();
    try {
      if (place.owner != Thread.currentThread()) {
        return; // it was taken away
      }
      place.settled = settled;
      if (!settled) {
        guard.watch();
      }
      place.owner = null;
      last = place.abandoned;
      if (refusing || line.peek() != null) {
        workOrEnd.signal();
      }
      quiet.signalAll();
    } finally {
      lock.unlock();
    }
    if (last) {
      close(place);
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
        place.server.serve(line);
      } catch (Throwable e) {
        // whoever was started has an outcome; the next ones need this thread
        Callbacks.report(e);
        if (e instanceof VirtualMachineError) {
          LockSupport.parkNanos(Callbacks.RETRY_NANOS); // it will not be better at once
        }
      } finally {
        goesOn = givesAllBack();
      }
    }
  }

  /** False if that is not possible: then this thread ends, and what it owns is taken away. */
  private boolean givesAllBack() {
    boolean all = true;
    for (Place place : places) {
      if (place.owner == Thread.currentThread()) {
        all &= givesBack(place);
      }
    }
    return all;
  }

  private @Nullable Place awaitWork() {
    lock.lock();
    try {
      while (true) {
        Place place = line.peek() == null ? null : ownFree();
        if (place != null) {
          if (line.hasTwo() && workOrEndWaits()) {
            workOrEnd.signal(); // for the one behind it, who need not wait for this one's body
          }
          return place;
        }
        if (line.peek() == null) {
          if (drained) {
            return null;
          }
          quiet.signalAll(); // the last in line may have been withdrawn on the way here
        }
        idleWorkers++;
        try {
          workOrEnd.awaitUninterruptibly();
        } finally {
          idleWorkers--;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean workOrEndWaits() {
    if (idleWorkers == 0) {
      startWorker();
    }
    return idleWorkers > 0;
  }

  /** Whether somebody stands in line. */
  boolean isAwaited() {
    return line.peek() != null;
  }

  /** Whether there is something for {@link LineGuard} to look after. */
  boolean needsCare() {
    return isAwaited() || places.stream().anyMatch(place -> !place.settled);
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
    for (Place place : places) {
      long since = place.ownedSince;
      Thread owner = place.owner;
      if (owner == null ? !place.settled : look.isGone(owner, since, place.server.bodySince())) {
        takeAway(place, owner, since);
      }
    }
    lock.lock();
    try {
      if (line.peek() != null) {
        replaceDeadWorkers();
        workOrEnd.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes the connection from an owner that is no longer there to give it back, null: nobody. */
  private void takeAway(Place place, @Nullable Thread owner, long since) {
    lock.lock();
    try {
      if (place.owner != owner || place.ownedSince != since) {
        return;
      }
      place.owner = Thread.currentThread();
    } finally {
      lock.unlock();
    }
    try {
      place.server.abandon();
    } finally {
      boolean unused = givesBack(place);
    }
  }

  /** Refuses new requests from now on, but for those that belong to what is accepted. */
  void refuse() {
    lock.lock();
    try {
      refusing = true;
      workOrEnd.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until nobody stands in line and no body runs, at most until {@code deadline} (of {@code
   * nanoTime}) or an interrupt; returns whether that is so.
   */
  boolean awaitIdle(long deadline) throws InterruptedException {
    lock.lock();
    try {
      long left = deadline - System.nanoTime();
      while (left > 0 && isBusy()) {
        left = quiet.awaitNanos(left);
      }
      return !isBusy();
    } finally {
      lock.unlock();
    }
  }

  private boolean isBusy() {
    for (Place place : places) {
      if (place.owner != null) {
        return true;
      }
    }
    return line.peek() != null;
  }

  /**
   * Refuses everything; fails what is left in line, which has done nothing; and closes the
   * connections. A body that still runs keeps its connection and closes it when it ends.
   */
  void close() {
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
    for (Place place : places) {
      if (!leaveToOwner(place)) {
        close(place);
      }
    }
  }

  /** Whether a body still runs, whose thread is then the one that closes. */
  private boolean leaveToOwner(Place place) {
    lock.lock();
    try {
      place.abandoned = place.owner != null;
      return place.abandoned;
    } finally {
      lock.unlock();
    }
  }

  private static void close(Place place) {
    // held while it closes: a thread that closes too has closed when it returns
    synchronized (place) {
      if (!place.closed) {
        place.server.close(); // if it throws, closing again tries again
        place.closed = true;
      }
    }
  }

  /** For {@link #awaitIdle}: the deadline that is {@code timeoutMs} from now. */
  static long deadlineIn(long timeoutMs) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
  }
}
