package dev.belay.sqlite;

import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreInterruptedException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The executor of one connection: at most one thread at a time owns the connection and serves the
 * requests that wait for it. Safe for use by many threads.
 */
final class ConnectionExecutor {
  /** Serves every request of a source, on the thread that owns the connection. */
  interface Server {
    void serve(Source source);

    /** Ends the connection, on the thread that owned it last. */
    void close();
  }

  /*
   * Ownership passes under the lock. A platform thread that finds the connection idle and nobody in
   * line becomes the owner and serves its own request: handing it over and parking would cost more
   * than the transaction. Everybody else stands in line, for the executor's own thread; so do
   * virtual threads, always, because SQLite would hold their carrier. While someone stands in line
   * nobody overtakes.
   */
  private final String name;
  private final String file;
  private final Server server;
  private final Callbacks callbacks;
  private final Line line;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition workOrEnd = lock.newCondition();
  private final Condition quiet = lock.newCondition();
  private final Object ending = new Object();

  private @Nullable Thread worker;
  private volatile @Nullable Thread owner;
  private boolean refusing;
  private boolean drained;
  private boolean abandoned;
  private boolean closed;

  ConnectionExecutor(String name, String file, Line line, Server server, Callbacks callbacks) {
    this.name = name;
    this.file = file;
    this.line = line;
    this.server = server;
    this.callbacks = callbacks;
  }

  /** Whether the current thread runs a body on this connection. */
  boolean isOwnedByCurrentThread() {
    return owner == Thread.currentThread();
  }

  /** Runs {@code request} here or on the executor's thread, and waits for its outcome. */
  <T extends @Nullable Object> T run(Request<T> request, boolean first) {
    if (Thread.currentThread().isInterrupted()) {
      throw new StoreInterruptedException(file + ": interrupted before the body started", null);
    }
    if (VirtualThreads.isCurrent() || !tryOwn(first)) {
      submit(request, first);
      return request.await();
    }
    try {
      line.stamp(request);
      server.serve(request);
    } finally {
      disown();
    }
    return request.await();
  }

  /** Puts {@code request} in line for the executor's thread. */
  void submit(Request<?> request, boolean first) {
    lock.lock();
    try {
      requireAccepting(first);
      if (worker == null) {
        Thread starting = Threads.daemon(name, this::work);
        starting.start(); // may fail for want of a thread: then nothing stands in line for it
        worker = starting;
      }
      line.add(request, first);
      if (owner == null) {
        workOrEnd.signal(); // else the owner does so when it leaves
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean tryOwn(boolean first) {
    lock.lock();
    try {
      requireAccepting(first);
      if (owner != null || line.peek() != null) {
        return false;
      }
      owner = Thread.currentThread();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** While a closing store runs what it accepted before, it still takes what keeps grants alive. */
  private void requireAccepting(boolean first) {
    if ((first || callbacks.isCallbackThread()) ? drained : refusing) {
      throw new StoreClosedException(file + ": the store is closed", null);
    }
  }

  private void disown() {
    boolean last;
    lock.lock();
    try {
      owner = null;
      last = abandoned;
      if (refusing || line.peek() != null) {
        workOrEnd.signal();
      }
      quiet.signalAll();
    } finally {
      lock.unlock();
    }
    if (last) {
      closeServer();
    }
  }

  private void work() {
    while (awaitWork()) {
      try {
        server.serve(line);
      } catch (Throwable e) {
        Callbacks.report(e); // every request has its outcome; the next ones need this thread
      } finally {
        disown();
      }
    }
  }

  private boolean awaitWork() {
    lock.lock();
    try {
      while (owner != null || line.peek() == null) {
        if (drained && line.peek() == null) {
          return false;
        }
        if (owner == null) {
          quiet.signalAll(); // the last in line may have been withdrawn on the way here
        }
        workOrEnd.awaitUninterruptibly();
      }
      owner = Thread.currentThread();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Refuses new requests from now on, but for those that go first. */
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
   * Waits until what is in line has run, at most until {@code deadline} (of {@code nanoTime});
   * refuses everything; fails what is left, which has done nothing; and closes the connection. A
   * body that still runs then keeps the connection and closes it when it ends.
   */
  void close(long deadline) {
    refuse();
    lock.lock();
    try {
      drain(deadline);
      drained = true;
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
    if (!leaveToOwner()) {
      closeServer();
    }
  }

  /**
   * Waits until what is in line has run, at most until {@code deadline} (of {@code nanoTime}), or
   * until the thread is interrupted, whose flag stays set.
   */
  void drain(long deadline) {
    lock.lock();
    try {
      long left = deadline - System.nanoTime();
      while (left > 0 && (owner != null || line.peek() != null)) {
        left = quiet.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // who closes is in a hurry; what is left fails undone
    } finally {
      lock.unlock();
    }
  }

  /** Whether a body still runs, whose thread is then the one that closes. */
  private boolean leaveToOwner() {
    lock.lock();
    try {
      abandoned = owner != null;
      return abandoned;
    } finally {
      lock.unlock();
    }
  }

  private void closeServer() {
    // held while it closes: who closes too has closed when he returns
    synchronized (ending) {
      if (!closed) {
        closed = true;
        server.close();
      }
    }
  }

  /** For {@link #close}: the deadline that is {@code timeoutMs} from now. */
  static long deadlineIn(long timeoutMs) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
  }
}
