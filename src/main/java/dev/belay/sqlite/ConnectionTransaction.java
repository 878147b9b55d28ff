package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

/**
 * The transaction of one connection, begun and ended by statements of our own, and the savepoint
 * around the body that runs in it. Belongs to the thread that owns the connection.
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
  /*
   * The savepoint is set as late as possible, before the first statement of a body that writes, and
   * only where something earlier in the transaction must survive the body: the first body to write
   * is undone by rolling the transaction back. A body that sets savepoints of its own gets one in
   * any case, so that releasing ours ends all that it left open. Its name is random, so that no
   * body can name it.
   */
  private final SQLiteConnection connection;
  private final FaultPoints faults;
  private final Verb beginImmediate = new Verb("BEGIN IMMEDIATE");
  private final Verb beginDeferred = new Verb("BEGIN");
  private final Verb commit = new Verb("COMMIT");
  private final Verb rollback = new Verb("ROLLBACK");
  private final Verb savepoint;
  private final Verb rollbackTo;
  private final Verb release;

  private boolean open;
  private boolean ending;
  private TxEnd lastEnd = TxEnd.NOT_BEGUN;
  private boolean committedByHand;
  private boolean doubtful;
  private boolean lost;
  private @Nullable StoreException doom;

  private boolean written;
  private boolean bodyIsUsers;
  private int bodyWrites;
  private boolean savepointSet;
  private boolean savepointHoldsBody;

  ConnectionTransaction(SQLiteConnection connection, String savepointName, FaultPoints faults) {
    this.connection = connection;
    this.faults = faults;
    this.savepoint = new Verb("SAVEPOINT " + savepointName);
    this.rollbackTo = new Verb("ROLLBACK TO " + savepointName);
    this.release = new Verb("RELEASE " + savepointName);
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

  private void begin(Verb verb) throws SQLException {
    lastEnd = TxEnd.NOT_BEGUN;
    written = false;
    faults.reach(FaultPoints.Point.BEGINS);
    verb.execute();
    open = true;
    faults.reach(FaultPoints.Point.BEGUN);
  }

  private void ended() {
    open = false;
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

  /**
   * A body begins.
   *
   * @param isUsers whether it may be undone while what was written before it stays
   */
  void bodyStarts(boolean isUsers) {
    bodyIsUsers = isUsers;
    bodyWrites = 0;
    savepointSet = false;
  }

  /** The body is about to execute a statement of {@code kind}. */
  void executes(SqlKind kind) throws SQLException {
    if (kind == SqlKind.READ) {
      return;
    }
    if (open && !savepointSet && (kind == SqlKind.SAVEPOINT || (bodyIsUsers && written))) {
      savepoint.execute();
      savepointSet = true;
      savepointHoldsBody = bodyWrites == 0;
    }
    bodyWrites++;
  }

  /** Whether a body has written in this transaction that has ended, and was not undone. */
  boolean isWritten() {
    return written;
  }

  /** How many statements that may write the body has executed. */
  int bodyWrites() {
    return bodyWrites;
  }

  /** Keeps what the body wrote; false if the transaction is no longer what it was. */
  boolean keepBody() {
    boolean kept = !savepointSet || executes(release);
    written |= bodyWrites > 0;
    return kept;
  }

  /** Undoes what the body wrote and nothing else; false if only a ROLLBACK of everything can. */
  boolean undoBody() {
    if (bodyWrites == 0 || !open) {
      return true;
    }
    return savepointSet && savepointHoldsBody && executes(rollbackTo) && executes(release);
  }

  private static boolean executes(Verb verb) {
    try {
      verb.execute();
      return true;
    } catch (SQLException e) {
      return false; // the caller gives the whole transaction up, which tells why if it matters
    }
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
      rollback.execute(); // BEGIN was refused: there is a transaction
      return true;
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

  /** A statement prepared once, and again after a failure: the driver ends one that failed. */
  private final class Verb {
    private final String sql;
    private @Nullable PreparedStatement statement;

    Verb(String sql) {
      this.sql = sql;
    }

    void execute() throws SQLException {
      PreparedStatement prepared = statement;
      if (prepared == null) {
        prepared = connection.prepareStatement(sql);
        statement = prepared;
      }
      try {
        prepared.execute();
      } catch (SQLException e) {
        if (StatementCache.isEnded(prepared)) {
          prepared.close();
          statement = null;
        }
        throw e;
      }
    }
  }
}
