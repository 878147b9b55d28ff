package dev.belay.engine.jdbc;

import dev.belay.engine.line.FaultPoints;
import dev.belay.store.StoreException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The transaction of one connection. Statements of the engine's own begin and end it. Belongs to
 * the thread that owns the connection.
 *
 * <p>The driver reports a transaction that ends without the runner: by a raw COMMIT or ROLLBACK of
 * a body, or by the database itself after a failure.
 */
public final class ConnectionTransaction implements DriverConnection.EndListener {
  /**
   * Takes the locks of a transaction. Returns false if no request wants the transaction any more.
   */
  @FunctionalInterface
  public interface Begin {
    boolean run(ConnectionTransaction transaction) throws SQLException;
  }

  private final DriverConnection driver;
  private final Failures failures;
  private final FaultPoints faults;
  private final BodySavepoint savepoint;

  private @Nullable Begin begin;
  private boolean open;
  private boolean ending;
  private TxEnd lastEnd = TxEnd.NOT_BEGUN;
  private boolean committedByHand;
  private boolean doubtful;
  private boolean lost;
  private @Nullable StoreException doom;

  ConnectionTransaction(DriverConnection driver, Failures failures, FaultPoints faults) {
    this.driver = driver;
    this.failures = failures;
    this.faults = faults;
    this.savepoint = new BodySavepoint(driver);
    driver.listen(this);
  }

  /** Sets how the next JDBI transaction begins. */
  void beginsAs(Begin wanted) {
    begin = wanted;
    lastEnd = TxEnd.NOT_BEGUN;
  }

  /**
   * Begins the transaction as {@link #beginsAs} has set.
   *
   * @throws BeginException if that fails
   */
  void begin() {
    Begin wanted = begin;
    begin = null;
    if (wanted == null) {
      throw new IllegalStateException("call runs outside any transaction; use write or read");
    }
    try {
      wanted.run(this);
    } catch (SQLException e) {
      throw new BeginException(e);
    }
  }

  /** Begins with the write lock held, or fails and has done nothing. */
  public void beginWriting() throws SQLException {
    lastEnd = TxEnd.NOT_BEGUN;
    faults.reach(FaultPoints.Point.BEGINS);
    driver.beginWriting();
    begun();
  }

  /** Begins for reading; the first statement takes the snapshot. */
  public void beginReading() throws SQLException {
    lastEnd = TxEnd.NOT_BEGUN;
    faults.reach(FaultPoints.Point.BEGINS);
    driver.beginReading();
    begun();
  }

  private void begun() {
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

  /**
   * Returns the result of the end of the last transaction, even if the end also threw something.
   * {@link TxEnd#NOT_BEGUN} if it has not ended; then it ends when the connection is closed.
   */
  public TxEnd lastEnd() {
    return open && committedByHand ? endByHand() : lastEnd;
  }

  private TxEnd endByHand() {
    return doubtful ? TxEnd.unknown(null) : TxEnd.COMMITTED;
  }

  /** Ends the transaction as {@code wanted}: COMMITTED or ROLLED_BACK. Returns the result. */
  TxEnd end(TxEnd.State wanted) {
    lastEnd = open ? endOpen(wanted) : TxEnd.NOT_BEGUN;
    return lastEnd;
  }

  private TxEnd endOpen(TxEnd.State wanted) {
    if (committedByHand) {
      TxEnd end = endByHand();
      ended();
      return end;
    }
    if (wanted != TxEnd.State.COMMITTED || doom != null || lost) {
      return rollbackTransaction();
    }
    faults.reach(FaultPoints.Point.COMMITS);
    ending = true;
    lastEnd = TxEnd.UNKNOWN; // stays so if the COMMIT throws anything but an SQLException
    try {
      driver.commit();
      lastEnd = TxEnd.COMMITTED;
      faults.reach(FaultPoints.Point.COMMITTED);
      ended();
      return lastEnd;
    } catch (SQLException e) {
      if (!failures.commitWroteNothing(e)) {
        ended();
        return TxEnd.unknown(e);
      }
      lastEnd = TxEnd.ROLLED_BACK;
      // a statement that was left running ends only with the connection
      return rollbackTransaction().isSound() && !failures.isStillRunning(e)
          ? TxEnd.refused(e)
          : TxEnd.refusedAndBroken(e);
    } finally {
      ending = false;
    }
  }

  private TxEnd rollbackTransaction() {
    try {
      boolean unused = rollback();
      return TxEnd.ROLLED_BACK;
    } catch (SQLException e) {
      return TxEnd.broken(e); // closing the connection completes the rollback
    }
  }

  /** Rolls the transaction back. Returns false if the body or the database had already ended it. */
  public boolean rollback() throws SQLException {
    ending = true;
    try {
      driver.rollback();
      return !lost && !committedByHand;
    } catch (SQLException e) {
      // A transaction that the database has ended cannot be rolled back. Every other reason for
      // which a ROLLBACK fails has a result code of its own.
      if (!lost && !committedByHand && failures.mayEndTransaction(e)) {
        throw e;
      }
      return false;
    } finally {
      ending = false;
      ended();
    }
  }

  /** Returns the savepoint of the running body, which can undo its writes alone. */
  public BodySavepoint body() {
    return savepoint;
  }

  /**
   * Notes that a statement failed in a way after which the transaction must not go on. Returns the
   * first such failure of the transaction, the cause of all later ones, for the caller to report.
   */
  StoreException doom(StoreException cause) {
    StoreException first = doom;
    if (!open || first != null) {
      return first != null ? first : cause;
    }
    doom = cause;
    return cause;
  }

  public boolean isOpen() {
    return open;
  }

  /** Returns the failure after which no further statement may run; null if there is none. */
  @Nullable StoreException doom() {
    return doom;
  }

  /** Returns whether the body committed the transaction by hand. */
  boolean isCommittedByHand() {
    return committedByHand;
  }

  /** Returns whether the body or the database rolled the transaction back. */
  boolean isLost() {
    return lost;
  }

  /** Ends a transaction that a body outside any left open. Returns whether there was one. */
  public boolean endStray() throws SQLException {
    try {
      driver.beginReading();
      driver.rollback();
      return false;
    } catch (SQLException e) {
      return endsOne(e);
    }
  }

  private boolean endsOne(SQLException refused) throws SQLException {
    try {
      driver.rollback();
      return true; // BEGIN was refused because there was a transaction
    } catch (SQLException e) {
      refused.addSuppressed(e);
      throw refused;
    }
  }

  /** Rolls back before the connection closes: even if that fails, no transaction may remain. */
  void rollbackForGood() throws SQLException {
    try {
      driver.execute("ROLLBACK");
    } catch (SQLException e) {
      if (failures.mayEndTransaction(e) && !driver.isClosed()) {
        throw e;
      }
      // there was no transaction, or its connection was lost with it
    }
  }

  @Override
  public void commits() {
    // After a rollback, only a later statement can commit, not what came before it.
    if (open && !ending && !lost) {
      committedByHand = true;
    }
  }

  @Override
  public void rolledBack() {
    if (open && !ending) {
      // The database reports a commit before it performs it. The rollback may belong to that
      // commit, which has failed, or to a later transaction of the same body.
      doubtful = committedByHand;
      lost = !committedByHand;
    }
  }
}
