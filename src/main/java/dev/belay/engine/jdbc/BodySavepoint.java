package dev.belay.engine.jdbc;

import dev.belay.engine.line.RequestKind;
import java.sql.SQLException;

/**
 * The runner's own savepoint around the running body of a transaction, and the number of statements
 * with which that body has written. Belongs to the thread that owns the connection.
 */
public final class BodySavepoint {
  /*
   * 1. The savepoint is set as late as possible: before the first statement of the body that
   *    writes.
   * 2. It is set only if something earlier in the transaction must survive the body. The first body
   *    to write needs none: it is undone by rolling the transaction back.
   * 3. A body that sets savepoints of its own always gets one, so that releasing ours also ends
   *    every savepoint that the body left open.
   * 4. Its name is random, so that no body can use it.
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

  /** Notes that a transaction has begun. */
  void transactionBegan() {
    open = true;
    written = false;
  }

  /** Notes that the transaction has ended. */
  void transactionEnded() {
    open = false;
  }

  /** Notes that a body begins. A user's body can be undone alone; a verb of Belay cannot. */
  void bodyStarts(RequestKind kind) {
    isUsers = !kind.isVerb();
    writes = 0;
    set = false;
    changesBefore = isUsers ? changes() : 0;
  }

  /**
   * Notes that the body has ended. Its reads count as a write if rows were changed meanwhile: a
   * function of the application may write while a statement only reads.
   */
  void bodyEnds() {
    if (isUsers && writes == 0 && changes() != changesBefore) {
      writes++;
    }
  }

  /** Returns the number of rows ever changed through the connection, without schema changes. */
  public long changes() {
    try {
      return driver.changedRows();
    } catch (SQLException e) {
      return changesBefore - 1; // unknown counts as changed
    }
  }

  /**
   * Notes that the body is about to execute a statement of {@code kind}; sets the savepoint if
   * needed.
   */
  public void executes(SqlKind kind) throws SQLException {
    driver.requireTransaction();
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

  /** Returns whether a body that has ended, and was not undone, has written in this transaction. */
  boolean isWritten() {
    return written;
  }

  /** Returns whether the running body is the application's. */
  public boolean isUsers() {
    return isUsers;
  }

  /** Returns the number of statements of the body that may have written. */
  int writes() {
    return writes;
  }

  /**
   * Keeps the writes of the body. Returns false if the savepoint is gone: the body has ended the
   * transaction.
   */
  boolean keep() {
    boolean kept = !set || succeeds(driver::releaseSavepoint);
    written |= writes > 0;
    return kept;
  }

  /**
   * Undoes the writes of the body and nothing else. Returns false if only a ROLLBACK of the whole
   * transaction can.
   */
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
      return false; // the caller rolls the transaction back; a failure of that is reported
    }
  }
}
