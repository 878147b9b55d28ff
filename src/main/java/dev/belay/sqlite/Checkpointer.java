package dev.belay.sqlite;

import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.line.SafeLog;
import dev.belay.engine.line.Threads;
import dev.belay.store.BelayObserver.CheckpointEvent;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies the WAL into the database on a connection of its own, so that no commit has to wait for
 * it. Safe for use by many threads.
 *
 * <p>The writer reports now and then how long the WAL is, and the next step depends on that: see
 * {@link WalLimits}.
 */
final class Checkpointer {
  private static final long STOP_MS_MAX = 1_500;
  private static final int TRANSACTIONS_PER_LOOK = 16;

  private final String cannotCheckpoint;
  private final WalLimits limits;
  private final long stopMs;
  private final SideConnectionOpener opener;
  private final Threads.Maker threads;
  private long transactions; // belongs to the writer's thread
  private final String file;
  private final Semaphore wanted = new Semaphore(0);
  private final ReentrantLock making = new ReentrantLock();

  private final WritingLock writing = new WritingLock();

  private final @Nullable Consumer<CheckpointEvent> observer;

  private volatile @Nullable Thread thread;
  private volatile boolean closed;
  private volatile boolean told;

  /**
   * Makes none yet.
   *
   * @param busyTimeoutMs how long a process waits that wants to write; it is stopped for less
   * @param observer receives each checkpoint, does not wait and never throws; null: there is none
   */
  Checkpointer(
      String file,
      WalLimits limits,
      int busyTimeoutMs,
      SideConnectionOpener opener,
      Threads.Maker threads,
      @Nullable Consumer<CheckpointEvent> observer) {
    this.file = file;
    this.limits = limits;
    this.stopMs = Math.min(STOP_MS_MAX, busyTimeoutMs / 4);
    this.opener = opener;
    this.threads = threads;
    this.observer = observer;
    this.cannotCheckpoint = file + ": cannot checkpoint beside the writer; it does alone";
  }

  /** Of the file behind {@code connections}, with the usual limits. */
  static Checkpointer beside(
      String file,
      OpenSettings settings,
      Connections connections,
      @Nullable Consumer<CheckpointEvent> observer) {
    return new Checkpointer(
        file,
        WalLimits.DEFAULT,
        settings.busyTimeoutMs(),
        connections::openToCheckpoint,
        Threads::daemon,
        observer);
  }

  /**
   * A transaction of the writer has ended on {@code connection}, whose thread calls this: now and
   * then it is looked how long the log is.
   */
  void afterTransaction(BoundConnection connection) {
    if (++transactions % TRANSACTIONS_PER_LOOK != 0) {
      return;
    }
    try {
      ConnectionState state = SqliteConnectionDriver.of(connection).state();
      WalLength length = connection.isUsable() ? state.logLength() : null;
      if (length != null && logIs(length)) {
        long sinceNanos = System.nanoTime();
        state.checkpoint();
        tell(length, sinceNanos, state::logLength);
      }
    } catch (Throwable e) {
      // the callers have their answers; beyond the bound every commit checkpoints
      SafeLog.log(Level.DEBUG, file + ": looking at the log", e);
    }
  }

  /**
   * The log has been seen to be that long. Only between transactions.
   *
   * @return whether the writer is to move the rest of it
   */
  boolean logIs(WalLength length) {
    if (length.bytes() >= limits.stop()) {
      making.lock(); // until the one that is being made has been
      try {
        request();
      } finally {
        making.unlock();
      }
    } else if (length.unmovedBytes() >= limits.beside()) {
      request();
    }
    return length.bytes() >= limits.beside() && length.unmovedBytes() < limits.rest();
  }

  /**
   * Held by the writer of this store while it has, or waits for, the right to write. A checkpoint
   * that keeps all processes from writing takes it first: the writer then waits here, where no busy
   * timeout counts, and is not told that another process held the lock. Not to be held when {@link
   * #logIs} is called.
   */
  Lock writing() {
    return writing;
  }

  /** Whether a checkpoint keeps all processes from writing now. */
  boolean keepsWriters() {
    Thread checkpoints = thread;
    return checkpoints != null && writing.isHeldBy(checkpoints);
  }

  /**
   * Asks for a checkpoint, which is made soon; while one is being made, nothing happens. Never
   * throws: the writer has committed, and its caller's answer does not depend on this.
   */
  private void request() {
    try {
      startIfNeeded();
    } catch (Throwable e) { // no thread could be started; the next request tries again
      if (!told) {
        told = true;
        SafeLog.log(Level.WARNING, cannotCheckpoint, e);
      }
      return;
    }
    if (wanted.availablePermits() == 0) {
      wanted.release();
    }
  }

  private synchronized void startIfNeeded() {
    if (!closed && (thread == null || !thread.isAlive())) {
      Thread starting = threads.daemon("belay-checkpoint", this::run);
      starting.start();
      thread = starting;
    }
  }

  private void run() {
    while (!closed) {
      try {
        wanted.acquireUninterruptibly();
        if (!closed) {
          moveUntilClosed();
        }
      } catch (Throwable e) { // the next one that is asked for tries again
        if (observer != null) {
          observer.accept(new CheckpointEvent(0, 0, Duration.ZERO, e));
        }
        if (!told) {
          told = true;
          SafeLog.log(Level.WARNING, cannotCheckpoint, e);
        }
      }
    }
  }

  private void moveUntilClosed() throws SQLException {
    try (WalCheckpoints move =
        new WalCheckpoints(opener, limits, stopMs, making, writing, () -> closed)) {
      while (!closed) {
        WalLength length = move.length();
        long sinceNanos = System.nanoTime();
        move.move();
        tell(length, sinceNanos, move::length);
        told = false;
        // Who asked meanwhile asks again, if the log is still that long. Who closed meanwhile has
        // said so before it asked.
        wanted.drainPermits();
        if (!closed) {
          wanted.acquireUninterruptibly();
        }
      }
    }
  }

  private interface Asking {
    WalLength ask() throws SQLException;
  }

  private void tell(WalLength before, long sinceNanos, Asking after) throws SQLException {
    if (observer != null) {
      Duration took = Duration.ofNanos(System.nanoTime() - sinceNanos);
      WalLength now = after.ask();
      int moved = Math.max(0, now.moved() - Math.max(0, before.moved()));
      observer.accept(
          new CheckpointEvent(moved, Math.max(0, now.frames() - now.moved()), took, null));
    }
  }

  /** Fair: a writer that hardly ever rests would never let a checkpoint in. */
  private static final class WritingLock extends ReentrantLock {
    private static final long serialVersionUID = 1L;

    WritingLock() {
      super(true);
    }

    boolean isHeldBy(Thread other) {
      return getOwner() == other;
    }
  }

  /** Ends it, after the checkpoint that is being made. */
  void close() {
    Thread ending;
    synchronized (this) {
      closed = true;
      ending = thread;
    }
    if (ending != null) {
      wanted.release();
      Threads.joinUninterruptibly(ending);
    }
  }
}
