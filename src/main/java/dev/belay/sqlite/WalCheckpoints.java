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
 * The checkpoints that one store makes beside its writer. Belongs to the thread of the {@link
 * Checkpointer}.
 *
 * <p>{@code making} is held while a long log's writer should wait, {@code writing} while it must:
 * see {@link Checkpointer#writing}.
 */
final class WalCheckpoints implements AutoCloseable {
  private static final long PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** So little is left that moving it takes no time. */
  private static final long REST_BYTES = 4_096_000;

  /** How long one waits for this store's own writer to pause, whatever its busy timeout. */
  private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(1_500);

  /** How long a checkpoint waits, beside the writers, for readers of old snapshots to move on. */
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

  /** How long the log is. */
  WalLength length() throws SQLException {
    return WalLength.of(ask);
  }

  /** Moves what there is to move, and has a log reset that got too long. */
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
      // SQLite's own RESTART would wait for a place of the reader that has not moved on, and miss
      // the instant in which it does. It is busy at once while another checkpoint is made.
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

  /** With the right to write, so that no other process writes; gives it back. */
  private boolean movesAll() throws SQLException {
    // Another process may have been quicker. Else at a stretch: to let others write now and then
    // was tried, and they wrote more than they left to be moved.
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
