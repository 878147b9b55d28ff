package dev.belay.engine.jdbc;

import dev.belay.engine.line.FaultPoints;
import dev.belay.store.StoreException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The transaction of one connection, begun and ended by statements of the engine's own. Belongs to
 * the thread that owns the connection.
 *
 * <p>The driver tells when a transaction ends that the runner did not end: by a raw COMMIT or
 * ROLLBACK of a body, or by the database itself after a failure.
 */
public final class ConnectionTransaction implements DriverConnection.EndListener {
  /**
   * Takes the locks a transaction needs; false if all requests for the transaction have been
   * withdrawn.
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

  /** The next transaction of JDBI begins as {@code wanted} does. */
  void beginsAs(Begin wanted) {
    begin = wanted;
    lastEnd = TxEnd.NOT_BEGUN;
  }

  /**
   * Begins as was wanted.
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

  /** Begins with the right to write held, or fails and has done nothing. */
  public void beginWriting() throws SQLException {
    lastEnd = TxEnd.NOT_BEGUN;
    faults.reach(FaultPoints.Point.BEGINS);
    driver.beginWriting();
    begun();
  }

  /** Begins for reading; the snapshot is taken by the first statement. */
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
   * What the end of the last transaction did, also if something was thrown on the way out of it;
   * {@link TxEnd#NOT_BEGUN} if it has not come to its end, which closing the connection then is.
   */
  public TxEnd lastEnd() {
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
      // a statement that has been left running ends with the connection only
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
      return TxEnd.broken(e); // closing the connection rolls back what ROLLBACK could not
    }
  }

  /**
   * Rolls back what there is to roll back; false if the transaction had been ended by other hands.
   */
  public boolean rollback() throws SQLException {
    ending = true;
    try {
      driver.rollback();
      return !lost && !committedByHand;
    } catch (SQLException e) {
      // A transaction that the database has ended is no longer there to be rolled back. Nothing
      // else can
      // make a ROLLBACK fail without a result code of its own.
      if (!lost && !committedByHand && failures.mayEndTransaction(e)) {
        throw e;
      }
      return false;
    } finally {
      ending = false;
      ended();
    }
  }

  /** What the body that runs has written, and how it is undone alone. */
  public BodySavepoint body() {
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

  public boolean isOpen() {
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

  /** Ends a transaction that a body without one left open; returns whether there was one. */
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

  /** Before the connection is closed, which may fail: no transaction must outlive that. */
  void rollbackForGood() throws SQLException {
    try {
      driver.execute("ROLLBACK");
    } catch (SQLException e) {
      if (failures.mayEndTransaction(e)) {
        throw e;
      }
      // there was none
    }
  }

  @Override
  public void commits() {
    // after a rollback it is a later statement that commits itself, not what came before
    if (open && !ending && !lost) {
      committedByHand = true;
    }
  }

  @Override
  public void rolledBack() {
    if (open && !ending) {
      // The database told of the commit before it began: it may be the one that has failed, or a
      // later transaction of the same hands.
      doubtful = committedByHand;
      lost = !committedByHand;
    }
  }

  /** A transaction that could not be begun. */
  public static final class BeginException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final SQLException failure;

    BeginException(SQLException failure) {
      super(failure);
      this.failure = failure;
    }

    public SQLException failure() {
      return failure;
    }
  }
}
