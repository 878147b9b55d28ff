package dev.belay.sqlite;

import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * An open connection with all that is kept on it: its transaction, its statements, its attached
 * DAOs; and the edge between the bodies that use it one after another. Belongs to the thread that
 * owns the connection.
 */
final class BoundConnection {
  /** Takes the locks a transaction needs; false if nobody wants the transaction any more. */
  @FunctionalInterface
  interface Begin {
    boolean run(ConnectionTransaction transaction) throws SQLException;
  }

  /** A foreign key that is checked at COMMIT only, of whatever table. */
  private static final String DEFERRED_KEYS =
      "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%INITIALLY%DEFERRED%'";

  private final SQLiteConnection real;
  private final BelayJdbi jdbi;
  private final Connection guarded;
  private final SqliteErrors errors;
  private final boolean replaceable;
  private final ConnectionTransaction transaction;
  private final StatementCache statements;
  private final Handle handle;
  private final Map<Class<?>, Object> ownDaos = new HashMap<>();
  // Weak both ways: a store that outlives an application must not keep its class loader.
  private final Map<Class<?>, WeakReference<?>> usersDaos = new WeakHashMap<>();

  private @Nullable Handle usersHandle;
  private @Nullable PreparedStatement logLength;
  private @Nullable PreparedStatement schemaVersion;
  private long schemaSeen = -1;
  private boolean schemaDefers;
  private @Nullable Begin begin;
  private TxEnd end = TxEnd.NOT_BEGUN;
  private @Nullable BodyTx body;
  private @Nullable Throwable spoiledBy;
  private boolean changed;

  /**
   * Takes a connection that is ready for use.
   *
   * @param replaceable whether another one can take its place, because the data is in a file
   */
  BoundConnection(
      SQLiteConnection real,
      BelayJdbi jdbi,
      SqliteErrors errors,
      boolean replaceable,
      String savepointName) {
    this.real = real;
    this.jdbi = jdbi;
    this.errors = errors;
    this.replaceable = replaceable;
    this.transaction = new ConnectionTransaction(real, savepointName);
    this.statements = new StatementCache(this, real);
    this.guarded = GuardedConnection.guard(real, this);
    this.handle = jdbi.openOwn(this, guarded);
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
  Handle openHandle(BodyTx tx) {
    return jdbi.open(this, guarded, tx);
  }

  /** A SqlObject on one of the connection's own handles, which no body sees; made once. */
  <D> D attach(Class<D> sqlObject) {
    if (BelayJdbi.isOwn(sqlObject)) {
      return sqlObject.cast(ownDaos.computeIfAbsent(sqlObject, handle::attach));
    }
    WeakReference<?> kept = usersDaos.get(sqlObject);
    Object attached = kept == null ? null : kept.get();
    if (attached == null) {
      Handle opened = usersHandle;
      if (opened == null) {
        opened = jdbi.open(this, guarded, null);
        usersHandle = opened;
      }
      attached = opened.attach(sqlObject);
      usersDaos.put(sqlObject, new WeakReference<>(attached));
    }
    return sqlObject.cast(attached);
  }

  /** From now on the current thread runs the body of {@code tx}. */
  void bodyStarts(BodyTx tx, boolean isUsers) {
    body = tx;
    spoiledBy = null;
    transaction.bodyStarts(isUsers);
    statements.bodyStarts();
  }

  /** The body is over, and so is all that it got from here. */
  void bodyEnds() {
    body = null;
    statements.bodyEnds();
  }

  /** The body that runs now, for a SqlObject that asks for its handle. */
  BodyTx body() {
    statements.requireUsable();
    if (body == null) {
      throw new IllegalStateException("no body runs");
    }
    return body;
  }

  /**
   * Judges a statement of a body before it is prepared.
   *
   * @throws IllegalStateException if it begins or ends a transaction
   * @throws IllegalArgumentException if it would change a connection that cannot be replaced
   */
  void admit(SqlKind kind, String sql) {
    if (kind == SqlKind.TRANSACTION) {
      throw new IllegalStateException(
          "a statement that begins or ends a transaction inside a body: the runner owns the"
              + " transaction; return or throw, or use writeFlow to roll back with a value");
    }
    if (kind == SqlKind.CONNECTION) {
      requireReplaceable("this statement: " + sql.strip());
      changed = true;
    }
  }

  /** The body gets the driver's own object, through which it can do anything. */
  void bodySeesDriver() {
    statements.requireUsable();
    requireReplaceable("unwrap");
    changed = true;
  }

  private void requireReplaceable(String what) {
    if (!replaceable) {
      throw new IllegalArgumentException(
          "a store in memory has one connection, for all bodies, which a body must not change by "
              + what
              + "; BelayOptions.withConnection prepares it when the store is opened");
    }
  }

  /** The body may have changed the connection in a way that can be told only afterwards. */
  void bodyChangesConnection() {
    changed = true;
  }

  /** Whether a body has changed what the next one would find, so that the connection must go. */
  boolean isChanged() {
    return changed && replaceable;
  }

  /** Whether the data outlives the connection. */
  boolean isReplaceable() {
    return replaceable;
  }

  /** A writing verb of Belay has ended by {@code failure} in the middle of what it writes. */
  void spoil(Throwable failure) {
    if (spoiledBy == null) {
      spoiledBy = failure;
    }
  }

  /** What spoiled the body that runs, or ran last. */
  @Nullable Throwable spoiledBy() {
    return spoiledBy;
  }

  void requireUnspoiled() {
    if (spoiledBy != null) {
      throw new IllegalStateException(
          "a verb of Belay failed in the middle of what it writes; let its exception pass, nothing"
              + " of this body can be kept",
          spoiledBy);
    }
  }

  /**
   * Runs {@code callback} in a transaction of JDBI that begins as {@code begin} does and ends as
   * the callback's outcome says, and returns what the end did. If {@code begin} found nobody left,
   * the callback runs without one.
   *
   * @throws BeginException if it could not be begun
   */
  <R> TxEnd inTransaction(Begin begin, HandleCallback<R, RuntimeException> callback) {
    this.begin = begin;
    this.end = TxEnd.NOT_BEGUN;
    try {
      handle.inTransaction(callback);
    } finally {
      this.begin = null;
    }
    return end;
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
    end = transaction.end(commit);
  }

  /** What the transaction that ended last came to. */
  TxEnd end() {
    return end;
  }

  /**
   * Whether the schema, as it is in this transaction, has foreign keys that are checked only at
   * COMMIT: then nobody can say which body owes the missing row.
   */
  boolean defersForeignKeys() throws SQLException {
    PreparedStatement asking = schemaVersion;
    if (asking == null) {
      asking = real.prepareStatement("PRAGMA schema_version");
      schemaVersion = asking;
    }
    long version = number(asking);
    if (version != schemaSeen) {
      try (PreparedStatement deferred = real.prepareStatement(DEFERRED_KEYS)) {
        schemaDefers = number(deferred) > 0;
      }
      schemaSeen = version;
    }
    return schemaDefers;
  }

  /** Fails unless {@code history}, as it is in this transaction, is the one that Belay knows. */
  void requireCurrent(SchemaHistory history) throws SQLException {
    history.requireCurrent(real);
  }

  private static long number(PreparedStatement asking) throws SQLException {
    try (ResultSet row = asking.executeQuery()) {
      row.next();
      return row.getLong(1);
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

  /**
   * Ends the transaction and the statements that something unforeseen has left behind, and keeps
   * the connection, because the data would end with it; false if it cannot be kept.
   */
  boolean restore() {
    try {
      bodyEnds();
      statements.closeIdle();
      boolean unused = transaction.rollback();
      return isUsable();
    } catch (SQLException e) {
      return false;
    }
  }

  /** Closes the connection, at whatever call succeeds first: a transaction of it ends with it. */
  void close() {
    try {
      statements.closeIdle();
      if (real.isClosed()) {
        real.getDatabase().close(); // an earlier try failed half-way
      } else {
        real.close();
      }
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
}
