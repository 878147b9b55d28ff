package dev.belay.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.sqlite.SQLiteConnection;

/**
 * The checkpoints that one connection makes. Belongs to the thread of the {@link Checkpointer}.
 *
 * <p>{@code making} is held while a long log's writer should wait.
 */
final class LogMove implements AutoCloseable {
  private static final long PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** So few are left that moving them takes no time. */
  private static final int REST = 1_000;

  /** How long one waits, beside the writer, for whoever reads an old state to move on. */
  private static final long READER_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);

  /** How long the writer is stopped, at most, for the last reader to leave the log. */
  private static final long STOP_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  private final PreparedStatement ask;
  private final PreparedStatement passive;
  private final PreparedStatement restart;
  private final ReentrantLock making;
  private final BooleanSupplier closed;

  LogMove(SQLiteConnection connection, ReentrantLock making, BooleanSupplier closed)
      throws SQLException {
    connection.setBusyTimeout(0);
    this.ask = connection.prepareStatement(LogLength.ASK);
    this.passive = connection.prepareStatement("PRAGMA wal_checkpoint(PASSIVE)");
    this.restart = connection.prepareStatement("PRAGMA wal_checkpoint(RESTART)");
    this.making = making;
    this.closed = closed;
  }

  /**
   * Moves what nobody reads any more, beside everybody else. Another process may have done so since
   * it was asked for, or be about it.
   */
  void passive(int unmovedMin) throws SQLException {
    making.lock();
    try {
      if (LogLength.of(ask).unmoved() >= unmovedMin) {
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
   * keeps it from beginning anew. So first that reader has to go, which takes as long as it takes
   * and costs nobody anything; then all is moved, and everybody who begins to read from then on
   * reads the database alone, until somebody writes. That has to wait until the rest has gone.
   */
  boolean restart() throws SQLException {
    if (!until(READER_NANOS_MAX, () -> LogLength.of(passive).unmoved() < REST)) {
      return false;
    }
    making.lock();
    try {
      return until(STOP_NANOS_MAX, () -> !LogLength.of(restart).busy());
    } finally {
      making.unlock();
    }
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
    ask.close();
    passive.close();
    restart.close();
  }
}
