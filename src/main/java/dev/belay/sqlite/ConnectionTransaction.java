package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

/**
 * The transaction of one connection, begun and ended by statements of our own. Belongs to the
 * thread that owns the connection.
 *
 * <p>The driver's own {@code setAutoCommit(false)} is not used: its {@code commit()} begins the
 * next transaction at once, and when that is refused a durable commit is reported as failed; and
 * its {@code begin} leaves the flag wrong when it is refused, so that later writes go out one by
 * one.
 *
 * <p>SQLite's hooks tell when a transaction ends that the runner did not end: by a raw COMMIT or
 * ROLLBACK of a body, or by SQLite itself after a failure.
 */
final class ConnectionTransaction implements SQLiteCommitListener {
  private final SQLiteConnection connection;
  private final FaultPoints faults;
  private final OwnStatement beginImmediate;
  private final OwnStatement beginDeferred;
  private final OwnStatement commit;
  private final OwnStatement rollback;
  private final BodySavepoint savepoint;

  private boolean open;
  private boolean ending;
  private TxEnd lastEnd = TxEnd.NOT_BEGUN;
  private boolean committedByHand;
  private boolean doubtful;
  private boolean lost;
  private @Nullable StoreException doom;

  ConnectionTransaction(SQLiteConnection connection, String savepointName, FaultPoints faults) {
    this.connection = connection;
    this.faults = faults;
    this.beginImmediate = new OwnStatement(connection, "BEGIN IMMEDIATE");
    this.beginDeferred = new OwnStatement(connection, "BEGIN");
    this.commit = new OwnStatement(connection, "COMMIT");
    this.rollback = new OwnStatement(connection, "ROLLBACK");
    this.savepoint = new BodySavepoint(connection, savepointName);
    connection.getConnectionConfig().setAutoCommit(false);
    connection.addCommitListener(this);
  }

  /** Begins with the write lock held, or fails and has done nothing. */
  void beginWriting() throws SQLException {
    // IMMEDIATE takes the write lock now. DEFERRED would take it in the middle of the body, where
    // SQLite answers BUSY without waiting, because another connection may have moved the snapshot
    // that the body has read from.
    begin(beginImmediate);
  }

  /** Begins for reading; the snapshot is taken by the first statement. */
  void beginReading() throws SQLException {
    begin(beginDeferred);
  }

  private void begin(OwnStatement verb) throws SQLException {
    lastEnd = TxEnd.NOT_BEGUN;
    faults.reach(FaultPoints.Point.BEGINS);
    verb.execute();
    open = true;
    savepoint.transactionBegan();
    faults.reach(FaultPoints.Point.BEGUN);
  }

  private void ended() {
    open = false;
    savepoint.transactionEnded();
    committedByHand = false;
    doubtful = false;
    lost = false;
    doom = null;
  }

  /** Forgets how the last transaction ended. */
  void forgetEnd() {
    lastEnd = TxEnd.NOT_BEGUN;
  }

  /**
   * What the end of the last transaction did, also if something was thrown on the way out of it;
   * {@link TxEnd#NOT_BEGUN} if it has not come to its end, which closing the connection then is.
   */
  TxEnd lastEnd() {
    return open && committedByHand ? endByHand() : lastEnd;
  }

  private TxEnd endByHand() {
    return doubtful ? TxEnd.unknown(null) : TxEnd.COMMITTED;
  }

  /** Ends the transaction and returns what that did. */
  TxEnd end(boolean wantsCommit) {
    lastEnd = open ? endOpen(wantsCommit) : TxEnd.NOT_BEGUN;
    return lastEnd;
  }

  private TxEnd endOpen(boolean wantsCommit) {
    if (committedByHand) {
      TxEnd end = endByHand();
      ended();
      return end;
    }
    if (!wantsCommit || doom != null || lost) {
      return rollbackTransaction();
    }
    faults.reach(FaultPoints.Point.COMMITS);
    ending = true;
    lastEnd = TxEnd.UNKNOWN; // and stays so if anything but an SQLException is thrown by the COMMIT
    try {
      commit.execute();
      lastEnd = TxEnd.COMMITTED;
      faults.reach(FaultPoints.Point.COMMITTED);
      ended();
      return lastEnd;
    } catch (SQLException e) {
      if (!SqliteErrors.commitWroteNothing(e)) {
        ended();
        return TxEnd.unknown(e);
      }
      lastEnd = TxEnd.ROLLED_BACK;
      return rollbackTransaction().isSound() ? TxEnd.refused(e) : TxEnd.refusedAndBroken(e);
    } finally {
      ending = false;
    }
  }

  private TxEnd rollbackTransaction() {
    try {
      boolean unused = rollback();
      return TxEnd.ROLLED_BACK;
    } catch (SQLException e) {
      return TxEnd.broken(e); // closing the connection rolls back what ROLLBACK could not
    }
  }

  /**
   * Rolls back what there is to roll back; false if the transaction had been ended by other hands.
   */
  boolean rollback() throws SQLException {
    ending = true;
    try {
      rollback.execute();
      return !lost && !committedByHand;
    } catch (SQLException e) {
      // A transaction that SQLite has ended is no longer there to be rolled back. Nothing else can
      // make a ROLLBACK fail without a result code of its own.
      if (!lost && !committedByHand && SqliteErrors.mayEndTransaction(e)) {
        throw e;
      }
      return false;
    } finally {
      ending = false;
      ended();
    }
  }

  /** What the body that runs has written, and how it is undone alone. */
  BodySavepoint body() {
    return savepoint;
  }

  /**
   * Notes that a statement failed in a way after which the transaction must not go on, and returns
   * what is to be told: the first such failure, from which all others follow.
   */
  StoreException doom(StoreException cause) {
    StoreException first = doom;
    if (!open || first != null) {
      return first != null ? first : cause;
    }
    doom = cause;
    return cause;
  }

  boolean isOpen() {
    return open;
  }

  /** Why no further statement may run, if so. */
  @Nullable StoreException doom() {
    return doom;
  }

  /** Whether the transaction was committed by other hands than the runner's. */
  boolean isCommittedByHand() {
    return committedByHand;
  }

  /** Whether the transaction was rolled back by other hands than the runner's. */
  boolean isLost() {
    return lost;
  }

  /** Runs a body's statements each in a transaction of its own, as outside any body. */
  void autoCommit(boolean on) {
    connection.getConnectionConfig().setAutoCommit(on);
  }

  /** Ends a transaction that a body without one left open; returns whether there was one. */
  boolean endStray() throws SQLException {
    try {
      beginDeferred.execute();
      rollback.execute();
      return false;
    } catch (SQLException e) {
      return endsOne(e);
    }
  }

  private boolean endsOne(SQLException refused) throws SQLException {
    try {
      rollback.execute();
      return true; // BEGIN was refused because there was a transaction
    } catch (SQLException e) {
      refused.addSuppressed(e);
      throw refused;
    }
  }

  /** Before the connection is closed, which may fail: no transaction must outlive that. */
  void rollbackForGood() throws SQLException {
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      if (SqliteErrors.mayEndTransaction(e)) {
        throw e;
      }
      // there was none
    }
  }

  /** Executes a statement of the store's own. */
  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void onCommit() {
    // after a rollback it is a later statement that commits itself, not what came before
    if (open && !ending && !lost) {
      committedByHand = true;
    }
  }

  @Override
  public void onRollback() {
    if (open && !ending) {
      // The commit hook comes before the COMMIT: it may be the one that has failed, or a later
      // transaction of the same hands.
      doubtful = committedByHand;
      lost = !committedByHand;
    }
  }
}
