package dev.belay.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * The checkpoints of one store, made beside its writer. Belongs to the thread of the {@link
 * Checkpointer}.
 *
 * <p>Two locks of the {@link Checkpointer} are held meanwhile:
 *
 * <ul>
 *   <li>{@code making}, during every checkpoint: a writer waits for it only if the WAL is long.
 *   <li>{@code writing}, while no writer may write: see {@link Checkpointer#writing}.
 * </ul>
 */
final class WalCheckpoints implements AutoCloseable {
  private static final long PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** A checkpoint of less than this, in bytes, takes almost no time: 1,000 pages of 4,096 bytes. */
  private static final long REST_BYTES = 4_096_000;

  /** The time to wait for a pause of this store's own writer, whatever its busy timeout is. */
  private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(1_500);

  /** The time to wait for readers on old snapshots to end, while writers go on. */
  private static final long READER_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);

  private final SQLiteConnection connection;
  private final SQLiteConnection stopping;
  private final SqliteConnectionDriver stop;
  private final PreparedStatement ask;
  private final PreparedStatement passive;
  private final PreparedStatement restart;
  private final WalLimits limits;
  private final long stopNanos;
  private final ReentrantLock making;
  private final ReentrantLock writing;
  private final BooleanSupplier closed;
  private long restartFrom;

  WalCheckpoints(
      SideConnectionOpener opener,
      WalLimits limits,
      long stopMs,
      ReentrantLock making,
      ReentrantLock writing,
      BooleanSupplier closed)
      throws SQLException {
    this.limits = limits;
    this.restartFrom = limits.restart();
    this.stopNanos = TimeUnit.MILLISECONDS.toNanos(stopMs);
    this.making = making;
    this.writing = writing;
    this.closed = closed;
    this.connection = opener.open();
    SQLiteConnection second = null;
    try {
      connection.setBusyTimeout((int) stopMs);
      this.ask = connection.prepareStatement(WalLength.ASK);
      this.passive = connection.prepareStatement("PRAGMA wal_checkpoint(PASSIVE)");
      this.restart = connection.prepareStatement("PRAGMA wal_checkpoint(RESTART)");
      second = opener.open();
      this.stopping = second;
      stopping.setBusyTimeout(0);
      this.stop = new SqliteConnectionDriver(stopping, "belay_unused");
    } catch (Throwable e) {
      closeAfter(e, second);
      closeAfter(e, connection);
      throw e;
    }
  }

  private static void closeAfter(Throwable failure, @Nullable SQLiteConnection opened) {
    if (opened != null) {
      try {
        opened.close();
      } catch (SQLException e) {
        failure.addSuppressed(e);
      }
    }
  }

  /** Returns the length of the WAL. */
  WalLength length() throws SQLException {
    return WalLength.of(ask);
  }

  /** Makes a checkpoint, and resets the WAL if it has become too long. */
  void move() throws SQLException {
    passive();
    long bytes = WalLength.of(ask).bytes();
    if (bytes < limits.restart()) {
      restartFrom = limits.restart();
    } else if (bytes >= restartFrom) {
      restartFrom = restart() ? limits.restart() : bytes + bytes / 2;
    }
  }

  /**
   * Copies what no reader needs any more, beside all readers and writers. Another process may have
   * done so since it was asked for, or be doing it.
   */
  private void passive() throws SQLException {
    making.lock();
    try {
      if (WalLength.of(ask).unmovedBytes() >= limits.beside()) {
        WalLength unused = WalLength.of(passive);
      }
    } finally {
      making.unlock();
    }
  }

  /**
   * Has the WAL reset. Returns false if its readers leave no moment for that.
   *
   * <p>A reader on an old snapshot blocks the copying of later frames; a reader that still uses the
   * WAL blocks its reset. So the checkpoint first waits for long readers to end, which costs no
   * other process anything. Then it keeps all processes from writing: a reader that begins from now
   * on reads the newest snapshot, and all frames can be copied once earlier readers have ended; a
   * reader that begins after that reads the database alone, and the WAL can be reset once the
   * others have ended.
   */
  private boolean restart() throws SQLException {
    if (!until(READER_NANOS_MAX, this::littleIsLeft)) {
      return false;
    }
    making.lock();
    try {
      // SQLite's own RESTART would wait for the lock of a reader that still uses the WAL, and miss
      // the moment at which that reader releases it. While another checkpoint runs, it returns BUSY
      // immediately.
      return stopsWritersAndMovesAll() && until(stopNanos, () -> !WalLength.of(restart).busy());
    } finally {
      making.unlock();
    }
  }

  private boolean stopsWritersAndMovesAll() throws SQLException {
    if (!pausesWriter()) {
      return false;
    }
    try {
      return until(
          stopNanos, () -> littleIsLeft() && LockWait.succeeds(stop::beginWriting) && movesAll());
    } finally {
      writing.unlock();
    }
  }

  private boolean pausesWriter() {
    try {
      return writing.tryLock(PAUSE_NANOS_MAX, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return false; // no thread of Belay interrupts this one; a thread that does wants it to end
    }
  }

  private boolean littleIsLeft() throws SQLException {
    return WalLength.of(passive).unmovedBytes() < REST_BYTES;
  }

  /**
   * Checkpoints all frames while this connection holds the write lock, so that no other can write;
   * then releases the lock. Returns false if frames remain.
   */
  private boolean movesAll() throws SQLException {
    // Another process may have reset the WAL already. Otherwise this runs without a break: an
    // earlier version let writers go on now and then, and they wrote more frames than it moved.
    boolean all =
        WalLength.of(ask).bytes() < limits.restart()
            || until(stopNanos, () -> WalLength.of(passive).unmovedBytes() == 0);
    stop.rollback();
    return all;
  }

  private interface Attempt {
    boolean succeeds() throws SQLException;
  }

  private boolean until(long nanosMax, Attempt attempt) throws SQLException {
    long startNanos = System.nanoTime();
    while (!attempt.succeeds()) {
      if (closed.getAsBoolean() || System.nanoTime() - startNanos > nanosMax) {
        return false;
      }
      LockSupport.parkNanos(this, PARK_NANOS);
    }
    return true;
  }

  @Override
  public void close() throws SQLException {
    try {
      stopping.close();
    } finally {
      connection.close();
    }
  }
}
