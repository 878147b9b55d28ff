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
 * Makes checkpoints on a thread and connections of its own, so that no commit has to wait for one.
 * Safe for use by many threads.
 *
 * <p>After every 16th transaction the writer checks the length of the WAL. The limits are those of
 * {@link WalLimits}:
 *
 * <ol>
 *   <li>{@code beside}: once this much is only in the WAL, a checkpoint is requested; the
 *       checkpoint thread makes it while the writer goes on.
 *   <li>{@code rest}: once less than this of a WAL of at least {@code beside} is not in the
 *       database yet, the writer itself checkpoints it between two transactions.
 *   <li>{@code stop}: from this length on, the writer waits for the running checkpoint.
 *   <li>{@code restart}: from this length on, the checkpoint thread blocks all writers for a
 *       moment, so that the WAL can be reset.
 * </ol>
 */
final class Checkpointer {
  private static final long STOP_MS_MAX = 1_500;
  private static final int TRANSACTIONS_PER_LOOK = 16;

  private final String cannotCheckpoint;
  private final WalLimits limits;
  private final long stopMs;
  private final SideConnectionOpener opener;
  private final Threads.Maker threads;
  private long transactions; // belongs to the thread that owns the writing connection
  private final String file;
  private final Semaphore wanted = new Semaphore(0);
  private final ReentrantLock making = new ReentrantLock();

  private final WritingLock writing = new WritingLock();

  private final @Nullable Consumer<CheckpointEvent> observer;

  private volatile @Nullable Thread thread;
  private volatile boolean closed;
  private volatile boolean warned;

  /**
   * Creates the checkpointer without starting its thread.
   *
   * @param busyTimeoutMs the busy timeout of the writers; they are blocked for at most a quarter of
   *     it
   * @param observer notified of each checkpoint; it must not wait and must never throw; null if
   *     there is no observer
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
    this.cannotCheckpoint =
        file + ": cannot checkpoint beside the writer; the writer checkpoints alone";
  }

  /** Returns the checkpointer of the file behind {@code connections}, with the default limits. */
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
   * Called after each transaction of the writer, by the thread that owns {@code connection}. Every
   * 16th call checks the length of the WAL.
   */
  void afterTransaction(BoundConnection connection) {
    if (++transactions % TRANSACTIONS_PER_LOOK != 0) {
      return;
    }
    try {
      ConnectionState state = SqliteConnectionDriver.of(connection).state();
      WalLength length = connection.isUsable() ? state.walLength() : null;
      if (length != null && checkLength(length)) {
        long sinceNanos = System.nanoTime();
        state.checkpoint();
        report(length, sinceNanos, state::walLength);
      }
    } catch (Throwable e) {
      // The callers have their answers, and above a limit SQLite itself checkpoints at each commit.
      SafeLog.log(Level.DEBUG, file + ": cannot check the length of the WAL", e);
    }
  }

  /**
   * Requests a checkpoint, or waits for the running one, if the WAL has {@code length}. Only
   * between transactions.
   *
   * @return whether the writer must checkpoint the rest of the WAL
   */
  boolean checkLength(WalLength length) {
    if (length.bytes() >= limits.stop()) {
      making.lock(); // waits until the running checkpoint has ended
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
   * Returns the lock that the writer of this store holds while it has, or waits for, SQLite's write
   * lock. A checkpoint that blocks all writers takes it first. The writer then waits here, where no
   * busy timeout counts, and does not report that another process held the lock. Must not be held
   * when {@link #checkLength} is called.
   */
  Lock writing() {
    return writing;
  }

  /** Returns whether a checkpoint of this store blocks all writers now. */
  boolean keepsWriters() {
    Thread checkpoints = thread;
    return checkpoints != null && writing.isHeldBy(checkpoints);
  }

  /**
   * Requests a checkpoint, which is made soon. Never throws: the writer has committed, and its
   * caller's answer does not depend on this.
   */
  private void request() {
    try {
      startIfNeeded();
    } catch (Throwable e) { // no thread could be started; the next request tries again
      if (!warned) {
        warned = true;
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
      } catch (Throwable e) { // the next requested checkpoint tries again
        if (observer != null) {
          observer.accept(new CheckpointEvent(0, 0, Duration.ZERO, e));
        }
        if (!warned) {
          warned = true;
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
        report(length, sinceNanos, move::length);
        warned = false;
        // A request made meanwhile is repeated if the WAL is still that long. A close() meanwhile
        // has set its flag before it released its permit.
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

  private void report(WalLength before, long sinceNanos, Asking after) throws SQLException {
    if (observer != null) {
      Duration took = Duration.ofNanos(System.nanoTime() - sinceNanos);
      WalLength now = after.ask();
      int moved = Math.max(0, now.moved() - Math.max(0, before.moved()));
      observer.accept(
          new CheckpointEvent(moved, Math.max(0, now.frames() - now.moved()), took, null));
    }
  }

  /** A fair lock: a writer that is almost always busy would otherwise never let a checkpoint in. */
  private static final class WritingLock extends ReentrantLock {
    private static final long serialVersionUID = 1L;

    WritingLock() {
      super(true);
    }

    boolean isHeldBy(Thread other) {
      return getOwner() == other;
    }
  }

  /** Ends the checkpoint thread, after the running checkpoint. */
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
