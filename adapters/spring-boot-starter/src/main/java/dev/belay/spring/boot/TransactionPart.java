package dev.belay.spring.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.JdbcTransactionObjectSupport;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionCallback;

/**
 * A call's part of a transaction: the whole, a part of another call's, one of its own behind a
 * savepoint, or none. Belongs to the thread of the run.
 */
final class TransactionPart extends DefaultTransactionStatus {
  private final Kind kind;

  private enum Kind {
    NONE,
    OUTERMOST,
    JOINED,
    NESTED
  }

  private TransactionPart(
      Kind kind, @Nullable ConnectionHolder connection, TransactionDefinition asked) {
    super(
        asked.getName(),
        connection == null ? null : new BoundTransaction(connection),
        kind == Kind.OUTERMOST,
        kind == Kind.OUTERMOST,
        kind == Kind.NESTED,
        asked.isReadOnly(),
        false,
        null);
    this.kind = kind;
  }

  static TransactionPart none(TransactionDefinition asked) {
    return new TransactionPart(Kind.NONE, null, asked);
  }

  static TransactionPart outermost(ConnectionHolder connection, TransactionDefinition asked) {
    return new TransactionPart(Kind.OUTERMOST, connection, asked);
  }

  static TransactionPart joined(ConnectionHolder connection, TransactionDefinition asked) {
    return new TransactionPart(Kind.JOINED, connection, asked);
  }

  static TransactionPart nested(ConnectionHolder connection, TransactionDefinition asked) {
    return new TransactionPart(Kind.NESTED, connection, asked);
  }

  /** Runs a callback inside another call's transaction. */
  <T extends @Nullable Object> T run(TransactionCallback<T> callback) {
    return kind == Kind.NESTED ? runNested(callback) : runJoined(callback);
  }

  /** A failure here dooms the whole, even if the outer call catches it. */
  private <T extends @Nullable Object> T runJoined(TransactionCallback<T> callback) {
    T value;
    try {
      value = callback.doInTransaction(this);
    } catch (Throwable e) {
      connection().setRollbackOnly();
      throw e;
    }
    if (isLocalRollbackOnly()) {
      connection().setRollbackOnly();
    }
    return value;
  }

  private <T extends @Nullable Object> T runNested(TransactionCallback<T> callback) {
    createAndHoldSavepoint();
    T value;
    try {
      value = callback.doInTransaction(this);
    } catch (Throwable e) {
      rollbackToHeldSavepoint();
      throw e;
    }
    if (!isRollbackOnly()) {
      releaseHeldSavepoint();
      return value;
    }
    boolean asked = isLocalRollbackOnly();
    rollbackToHeldSavepoint();
    if (!asked) {
      throw new UnexpectedRollbackException(
          "the nested transaction was rolled back, because a method that took part in it failed");
    }
    return value;
  }

  private ConnectionHolder connection() {
    return ((BoundTransaction) getTransaction()).getConnectionHolder();
  }

  /** The transaction as Spring's savepoints and rollback marks see it. */
  private static final class BoundTransaction extends JdbcTransactionObjectSupport {
    BoundTransaction(ConnectionHolder connection) {
      setConnectionHolder(connection);
      setSavepointAllowed(true);
    }

    @Override
    public boolean isRollbackOnly() {
      return getConnectionHolder().isRollbackOnly();
    }
  }
}
