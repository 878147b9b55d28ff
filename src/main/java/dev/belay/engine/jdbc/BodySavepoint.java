package dev.belay.engine.jdbc;

import java.sql.SQLException;

/**
 * The savepoint of the runner's own around the body that runs in a transaction, and what the body
 * has written. Belongs to the thread that owns the connection.
 */
public final class BodySavepoint {
  /*
   * The savepoint is set as late as possible, before the first statement of a body that writes, and
   * only where something earlier in the transaction must survive the body: the first body to write
   * is undone by rolling the transaction back. A body that sets savepoints of its own gets one in
   * any case, so that releasing ours ends all that it left open. Its name is random, so that no
   * body can name it.
   */
  private final DriverConnection driver;

  private boolean open;
  private boolean written;
  private boolean isUsers;
  private int writes;
  private long changesBefore;
  private boolean set;
  private boolean holdsBody;

  BodySavepoint(DriverConnection driver) {
    this.driver = driver;
  }

  /** A transaction has begun. */
  void transactionBegan() {
    open = true;
    written = false;
  }

  /** The transaction has ended. */
  void transactionEnded() {
    open = false;
  }

  /**
   * A body begins.
   *
   * @param isUsers whether it may be undone while what was written before it stays
   */
  void bodyStarts(boolean isUsers) {
    this.isUsers = isUsers;
    writes = 0;
    set = false;
    changesBefore = isUsers ? changes() : 0;
  }

  /** The body is over. Functions of the application may write while rows are only read. */
  void bodyEnds() {
    if (isUsers && writes == 0 && changes() != changesBefore) {
      writes++;
    }
  }

  /** How many rows have been changed through the connection, ever; the schema does not count. */
  public long changes() {
    try {
      return driver.changedRows();
    } catch (SQLException e) {
      return changesBefore - 1; // unknown counts as changed
    }
  }

  /** The body is about to execute a statement of {@code kind}. */
  public void executes(SqlKind kind) throws SQLException {
    if (kind == SqlKind.READ) {
      return;
    }
    if (open && !set && (kind == SqlKind.SAVEPOINT || (isUsers && written))) {
      driver.setSavepoint();
      set = true;
      holdsBody = writes == 0;
    }
    writes++;
  }

  /** Whether a body has written in this transaction that has ended, and was not undone. */
  boolean isWritten() {
    return written;
  }

  /** Whether the body that runs is the application's. */
  public boolean isUsers() {
    return isUsers;
  }

  /** How many statements that may write the body has executed. */
  int writes() {
    return writes;
  }

  /** Keeps what the body wrote; false if the transaction is no longer what it was. */
  boolean keep() {
    boolean kept = !set || succeeds(driver::releaseSavepoint);
    written |= writes > 0;
    return kept;
  }

  /** Undoes what the body wrote and nothing else; false if only a ROLLBACK of everything can. */
  boolean undo() {
    if (writes == 0 || !open) {
      return true;
    }
    return set
        && holdsBody
        && succeeds(driver::rollbackToSavepoint)
        && succeeds(driver::releaseSavepoint);
  }

  private interface Statement {
    void execute() throws SQLException;
  }

  private static boolean succeeds(Statement statement) {
    try {
      statement.execute();
      return true;
    } catch (SQLException e) {
      return false; // the caller gives the whole transaction up, which tells why if it matters
    }
  }
}
