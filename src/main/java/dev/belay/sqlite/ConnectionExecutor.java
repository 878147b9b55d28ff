package dev.belay.sqlite;

import dev.belay.store.StoreClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
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

    /** Ends what an owner left behind that is no longer there. No thread uses the connection. */
    void abandon();

    /** Ends the connection, on the thread that owned it last. */
    void close();
  }

  /** A connection's place: who owns it, and since when. */
  private static final class Place {
    final Server server;
    volatile @Nullable Thread owner;
    volatile long ownedSince;
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
   * A caller that serves itself first touches the stack that this needs: a stack that overflows
   * must do so before anything is owned. Whoever waits for long asks whether the owner is still
   * there, see LineGuard.
   */
  private static final int STACK_PROBE_FRAMES = 160;

  private final String name;
  private final String file;
  private final Callbacks callbacks;
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
      long warnMs) {
    this.name = name;
    this.file = file;
    this.line = line;
    this.places = servers.stream().map(Place::new).toList();
    this.callbacks = callbacks;
    this.guard = new LineGuard(this, file, warnMs);
  }

  /** Whether the current thread runs a body on a connection of this executor. */
  boolean isOwnedByCurrentThread() {
    Thread current = Thread.currentThread();
    for (Place place : places) {
      if (place.owner == current) {
        if (LineGuard.isServing(current)) {
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
    Place place = VirtualThreads.isCurrent() ? null : own(first);
    if (place == null) {
      submit(request, first);
      return request.await();
    }
    serveSelf(place, request);
    return request.await();
  }

  private void serveSelf(Place place, Request<?> request) {
    try {
      line.stamp(request);
      place.server.serve(request);
    } catch (Throwable e) {
      if (request.isDone()) {
        Callbacks.report(e);
      } else {
        request.fail(e, callbacks);
      }
    } finally {
      disown(place);
    }
  }

  private @Nullable Place own(boolean first) {
    if (probeStack(STACK_PROBE_FRAMES) < 0) {
      return null;
    }
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
    if (probeStack(STACK_PROBE_FRAMES) < 0) {
      return; // it overflows here, before anything is half done
    }
    lock.lock();
    try {
      requireAccepting(first);
      workers.removeIf(worker -> !worker.isAlive()); // an error has ended it
      if (idleWorkers == 0) {
        startWorker();
      }
      line.add(request, first);
      workOrEnd.signal();
      guard.watch();
    } finally {
      lock.unlock();
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

  private void disown(Place place) {
    boolean last;
    lock.lock();
    try {
      if (place.owner != Thread.currentThread()) {
        return; // it was taken away
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
    Place place = awaitWork();
    while (place != null) {
      try {
        place.server.serve(line);
      } catch (Throwable e) {
        Callbacks.report(e); // every request has its outcome; the next ones need this thread
      } finally {
        disown(place);
      }
      place = awaitWork();
    }
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

  /** Shows {@code look} every owner, and since when it is one (of {@code nanoTime}). */
  void lookAtOwners(LineGuard.Look look) {
    lock.lock();
    try {
      workOrEnd.signalAll(); // an error may have lost the call to those who serve the line
    } finally {
      lock.unlock();
    }
    for (Place place : places) {
      long since = place.ownedSince;
      Thread owner = place.owner;
      if (owner != null && look.isGone(owner, since, place.server.bodySince())) {
        takeAway(place, owner, since);
      }
    }
  }

  /** Takes the connection from an owner that is no longer there to give it back. */
  private void takeAway(Place place, Thread owner, long since) {
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
      disown(place);
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
    for (Request<?> late : line.takeAll()) {
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
        place.closed = true;
        place.server.close();
      }
    }
  }

  /** For {@link #awaitIdle}: the deadline that is {@code timeoutMs} from now. */
  static long deadlineIn(long timeoutMs) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
  }
}
