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
 * <p>{@code making} is held while a long log's writer should wait.
 */
final class LogMove implements AutoCloseable {
  private static final long PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** So few are left that moving them takes no time. */
  private static final int REST = 1_000;

  /** How long one waits, beside the writers, for whoever reads an old state to move on. */
  private static final long READER_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);

  private final SQLiteConnection connection;
  private final SQLiteConnection stopping;
  private final ConnectionTransaction stop;
  private final PreparedStatement ask;
  private final PreparedStatement passive;
  private final PreparedStatement restart;
  private final LogLimits limits;
  private final long stopNanos;
  private final ReentrantLock making;
  private final BooleanSupplier closed;
  private int restartFrom;

  LogMove(
      SideConnectionOpener opener,
      LogLimits limits,
      long stopMs,
      ReentrantLock making,
      BooleanSupplier closed)
      throws SQLException {
    this.limits = limits;
    this.restartFrom = limits.restart();
    this.stopNanos = TimeUnit.MILLISECONDS.toNanos(stopMs);
    this.making = making;
    this.closed = closed;
    this.connection = opener.open();
    SQLiteConnection second = null;
    try {
      connection.setBusyTimeout((int) stopMs);
      this.ask = connection.prepareStatement(LogLength.ASK);
      this.passive = connection.prepareStatement("PRAGMA wal_checkpoint(PASSIVE)");
      this.restart = connection.prepareStatement("PRAGMA wal_checkpoint(RESTART)");
      second = opener.open();
      this.stopping = second;
      stopping.setBusyTimeout(0);
      this.stop = new ConnectionTransaction(stopping, "belay_unused");
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

  /** Moves what there is to move, and has a log begun anew that got too long. */
  void move() throws SQLException {
    passive();
    int frames = LogLength.of(ask).frames();
    if (frames < limits.restart()) {
      restartFrom = limits.restart();
    } else if (frames >= restartFrom) {
      restartFrom = restart() ? limits.restart() : frames + frames / 2;
    }
  }

  /**
   * Moves what nobody reads any more, beside everybody else. Another process may have done so since
   * it was asked for, or be about it.
   */
  private void passive() throws SQLException {
    making.lock();
    try {
      if (LogLength.of(ask).unmoved() >= limits.beside()) {
        LogLength unused = LogLength.of(passive);
      }
    } finally {
      making.unlock();
    }
  }

  /**
   * Has the log begun anew; false if its readers leave no moment for that.
   *
   * <p>Who reads an old state keeps what came later from being moved, and who reads out of the log
   * keeps it from beginning anew. So first those have to go who have read for long, which costs
   * nobody anything. Then nobody writes: who begins to read from now on reads the newest state, and
   * all can be moved once those before have gone; who begins after that reads the database alone,
   * and the log is free once the others have gone.
   */
  private boolean restart() throws SQLException {
    if (!until(READER_NANOS_MAX, this::littleIsLeft)) {
      return false;
    }
    making.lock();
    try {
      // SQLite's own RESTART would wait for a place of the reader that has not moved on, and miss
      // the instant in which it does. It is busy at once while another checkpoint is made.
      return until(
              stopNanos,
              () -> littleIsLeft() && LockWait.succeeds(stop::beginWriting) && movesAll())
          && until(stopNanos, () -> !LogLength.of(restart).busy());
    } finally {
      making.unlock();
    }
  }

  private boolean littleIsLeft() throws SQLException {
    return LogLength.of(passive).unmoved() < REST;
  }

  /** With the right to write, so that nobody else does; gives it back. */
  private boolean movesAll() throws SQLException {
    // Another process may have been quicker. Else at a stretch: to let others write now and then
    // was tried, and they wrote more than they left to be moved.
    boolean all =
        LogLength.of(ask).frames() < limits.restart()
            || until(stopNanos, () -> LogLength.of(passive).unmoved() == 0);
    if (!stop.rollback()) {
      throw new SQLException("the right to write could not be given back");
    }
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
