package dev.belay.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * An open connection with all that is kept on it: its transaction, its statements, its attached
 * DAOs. Belongs to the thread that owns the connection.
 */
final class BoundConnection {
  /** Takes the locks a transaction needs; false if nobody wants the transaction any more. */
  @FunctionalInterface
  interface Begin {
    boolean run(ConnectionTransaction transaction) throws SQLException;
  }

  private final SQLiteConnection real;
  private final BelayJdbi jdbi;
  private final Connection guarded;
  private final SqliteErrors errors;
  private final ConnectionTransaction transaction;
  private final StatementCache statements;
  private final Handle handle;
  private final Map<Class<?>, Object> attached = new HashMap<>();

  private @Nullable PreparedStatement logLength;
  private @Nullable Begin begin;
  private boolean finishing;

  BoundConnection(SQLiteConnection real, BelayJdbi jdbi, SqliteErrors errors) throws SQLException {
    this.real = real;
    this.jdbi = jdbi;
    this.errors = errors;
    this.transaction = new ConnectionTransaction(real);
    this.statements = new StatementCache(real, transaction, errors);
    this.guarded = GuardedConnection.guard(real, this);
    this.handle = openHandle();
  }

  /** The connection behind a handle that came from here. */
  static BoundConnection of(Handle handle) {
    return GuardedConnection.boundTo(handle.getConnection());
  }

  ConnectionTransaction transaction() {
    return transaction;
  }

  SqliteErrors errors() {
    return errors;
  }

  StatementCache statements() {
    return statements;
  }

  /** A handle of its own for one body; what is set on it ends with it. */
  Handle openHandle() {
    Handle opened = jdbi.open(guarded);
    opened.setStatementBuilder(statements);
    return opened;
  }

  /** A SqlObject on the connection's own handle, made once. */
  <D> D attach(Class<D> sqlObject) {
    return sqlObject.cast(attached.computeIfAbsent(sqlObject, handle::attach));
  }

  /**
   * Runs {@code callback} in a transaction of JDBI that begins as {@code begin} does and ends as
   * the callback's outcome says. If {@code begin} found nobody left, the callback runs without one.
   *
   * @throws EndException if the transaction could not be ended so
   * @throws BeginException if it could not be begun
   */
  <R> R inTransaction(Begin begin, HandleCallback<R, RuntimeException> callback) {
    this.begin = begin;
    try {
      return handle.inTransaction(callback);
    } finally {
      this.begin = null;
    }
  }

  /** For {@link ImmediateTransactionHandler}. */
  void begin() {
    Begin wanted = begin;
    if (wanted == null) {
      throw new IllegalStateException("call runs outside any transaction; use write or read");
    }
    try {
      wanted.run(transaction);
    } catch (SQLException e) {
      throw new BeginException(e);
    }
  }

  /** For {@link ImmediateTransactionHandler}. */
  void end(boolean commit) {
    if (!transaction.isOpen()) {
      return;
    }
    boolean committing = commit && canCommit();
    try {
      if (committing) {
        transaction.commit();
      } else {
        transaction.rollback();
      }
    } catch (SQLException e) {
      finish(handle, false);
      throw new EndException(e, committing);
    }
    finish(handle, committing);
  }

  private boolean canCommit() {
    return transaction.doom() == null && !transaction.isLost() && !transaction.isCommittedByHand();
  }

  /** Lets JDBI run what was registered with {@code afterCommit} or {@code afterRollback} on it. */
  void finish(Handle ended, boolean committed) {
    finishing = true;
    try {
      if (committed) {
        ended.commit();
      } else {
        ended.rollback();
      }
    } catch (Throwable e) {
      Callbacks.report(e); // the transaction has its outcome, whatever a callback throws
    } finally {
      finishing = false;
    }
  }

  boolean isFinishing() {
    return finishing;
  }

  void savepoint(String sql) throws SQLException {
    statements.requireUsable();
    transaction.execute(sql);
  }

  /** How many rows have been changed through this connection, ever; schema changes do not count. */
  long changes() {
    try {
      return real.getDatabase().total_changes();
    } catch (SQLException e) {
      return -1; // closed by its body, which is noticed otherwise
    }
  }

  void setBusyTimeout(int timeoutMs) throws SQLException {
    real.setBusyTimeout(timeoutMs);
  }

  /** Whether the connection can serve another body. */
  boolean isUsable() {
    try {
      return !real.isClosed() && !handle.isClosed();
    } catch (SQLException e) {
      return false; // a connection that cannot tell is not usable
    }
  }

  /** How long the log is. Only between transactions. */
  LogLength logLength() throws SQLException {
    PreparedStatement asking = logLength;
    if (asking == null) {
      asking = real.prepareStatement(LogLength.ASK);
      logLength = asking;
    }
    try {
      return LogLength.of(asking);
    } catch (SQLException e) {
      logLength = null; // the driver ends a statement that failed
      asking.close();
      throw e;
    }
  }

  /** Moves what the log holds into the database, as far as nobody is in the way. */
  void checkpoint() {
    try {
      transaction.execute("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (SQLException e) {
      // the log keeps what the checkpoint could not move; the next open or checkpoint moves it
      System.getLogger("dev.belay").log(System.Logger.Level.DEBUG, "checkpoint on close", e);
    }
  }

  void close() {
    try {
      statements.closeIdle();
      real.close();
    } catch (SQLException e) {
      throw errors.operating("closing", e);
    }
  }

  /** A transaction that could not be begun. */
  static final class BeginException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final SQLException failure;

    BeginException(SQLException failure) {
      super(failure);
      this.failure = failure;
    }

    SQLException failure() {
      return failure;
    }
  }

  /** A transaction that could not be ended as wanted. */
  static final class EndException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final SQLException failure;
    private final boolean committing;

    EndException(SQLException failure, boolean committing) {
      super(failure);
      this.failure = failure;
      this.committing = committing;
    }

    SQLException failure() {
      return failure;
    }

    boolean committing() {
      return committing;
    }
  }
}
