package dev.belay.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
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

  /** How long one waits so again, and then for the last reader of the log; nobody writes then. */
  private static final long STOP_MS_MAX = 1_500;

  private final SQLiteConnection connection;
  private final SQLiteConnection stopping;
  private final PreparedStatement ask;
  private final PreparedStatement passive;
  private final PreparedStatement restart;
  private final ReentrantLock making;
  private final BooleanSupplier closed;

  LogMove(Checkpointer.Opener opener, ReentrantLock making, BooleanSupplier closed)
      throws SQLException {
    this.making = making;
    this.closed = closed;
    this.connection = opener.open();
    try {
      connection.setBusyTimeout((int) STOP_MS_MAX);
      this.ask = connection.prepareStatement(LogLength.ASK);
      this.passive = connection.prepareStatement("PRAGMA wal_checkpoint(PASSIVE)");
      this.restart = connection.prepareStatement("PRAGMA wal_checkpoint(RESTART)");
      this.stopping = opener.open();
      stopping.setBusyTimeout(0);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
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
   * keeps it from beginning anew. So first those have to go who have read for long, which costs
   * nobody anything. Then nobody writes: who begins to read from now on reads the newest state, and
   * all can be moved once those before have gone; who begins after that reads the database alone,
   * and the log is free once the others have gone.
   */
  boolean restart() throws SQLException {
    if (!until(READER_NANOS_MAX, () -> LogLength.of(passive).unmoved() < REST)) {
      return false;
    }
    making.lock();
    try {
      // SQLite's own RESTART would wait for a place of the reader that has not moved on, and miss
      // the instant in which it does.
      return movesAllWhileNobodyWrites() && !LogLength.of(restart).busy();
    } finally {
      making.unlock();
    }
  }

  private boolean movesAllWhileNobodyWrites() throws SQLException {
    long nanosMax = TimeUnit.MILLISECONDS.toNanos(STOP_MS_MAX);
    ConnectionTransaction stop = new ConnectionTransaction(stopping);
    if (!until(nanosMax, () -> begins(stop))) {
      return false;
    }
    try {
      return until(nanosMax, () -> LogLength.of(passive).unmoved() == 0);
    } finally {
      boolean unused = stop.rollback();
    }
  }

  private static boolean begins(ConnectionTransaction transaction) throws SQLException {
    try {
      transaction.beginWriting();
      return true;
    } catch (SQLException e) {
      if (SqliteErrors.isBusy(e)) {
        return false;
      }
      throw e;
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
    try {
      stopping.close();
    } finally {
      connection.close();
    }
  }
}
