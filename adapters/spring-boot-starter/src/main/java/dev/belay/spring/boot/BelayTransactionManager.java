package dev.belay.spring.boot;

import dev.belay.store.CommitUnknownException;
import dev.belay.store.Tx;
import dev.belay.store.TxOutcome;
import dev.belay.store.TxRunner;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.InvalidIsolationLevelException;
import org.springframework.transaction.InvalidTimeoutException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.CallbackPreferringPlatformTransactionManager;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs {@code @Transactional} methods and {@code TransactionTemplate}s as bodies of Belay. Safe for
 * use by many threads.
 */
final class BelayTransactionManager implements CallbackPreferringPlatformTransactionManager {
  /*
   * 1. The outermost call hides what is bound to its thread, and passes the callback to the runner
   *    as a body. The body may run on another thread, and more than once.
   * 2. Each run binds its Tx and its connection to the thread that it runs on, and has
   *    synchronizations of its own. Those before the commit run in the body.
   * 3. Those after the commit run on the caller's thread, once the runner has returned. No
   *    transaction is bound then: what they write begins another one.
   * 4. A call inside a run takes part in it, or sets a savepoint.
   */
  private final TxRunner runner;
  private final BoundDataSource source;

  BelayTransactionManager(TxRunner runner, BoundDataSource source) {
    this.runner = runner;
    this.source = source;
  }

  @Override
  @SuppressWarnings("NullAway") // javac 17 does not read this bound from the class file
  public <T extends @Nullable Object> T execute(
      @Nullable TransactionDefinition definition, TransactionCallback<T> callback) {
    TransactionDefinition asked =
        definition == null ? TransactionDefinition.withDefaults() : definition;
    ConnectionHolder open =
        (ConnectionHolder) TransactionSynchronizationManager.getResource(source);
    if (open != null) {
      return inside(open, asked, callback);
    }
    return switch (asked.getPropagationBehavior()) {
      case TransactionDefinition.PROPAGATION_MANDATORY ->
          throw new IllegalTransactionStateException(
              "MANDATORY: this thread is in no transaction of Belay");
      case TransactionDefinition.PROPAGATION_SUPPORTS,
          TransactionDefinition.PROPAGATION_NOT_SUPPORTED,
          TransactionDefinition.PROPAGATION_NEVER ->
          callback.doInTransaction(TransactionPart.none(asked));
      default -> outermost(asked, callback);
    };
  }

  private <T extends @Nullable Object> T inside(
      ConnectionHolder open, TransactionDefinition asked, TransactionCallback<T> callback) {
    return switch (asked.getPropagationBehavior()) {
      case TransactionDefinition.PROPAGATION_REQUIRES_NEW ->
          throw refused(
              "REQUIRES_NEW", "would wait for this transaction, which has the only writer");
      case TransactionDefinition.PROPAGATION_NOT_SUPPORTED ->
          throw refused("NOT_SUPPORTED", "cannot suspend this transaction");
      case TransactionDefinition.PROPAGATION_NEVER -> throw refused("NEVER", "is in a transaction");
      case TransactionDefinition.PROPAGATION_NESTED ->
          TransactionPart.nested(open, asked).run(callback);
      default -> TransactionPart.joined(open, asked).run(callback);
    };
  }

  private static IllegalTransactionStateException refused(String propagation, String why) {
    return new IllegalTransactionStateException(
        propagation + " inside a transaction of Belay: the method " + why);
  }

  private <T extends @Nullable Object> T outermost(
      TransactionDefinition asked, TransactionCallback<T> callback) {
    refuseSettings(asked);
    HostThread host = HostThread.suspend();
    try {
      TransactionRuns<T> runs = new TransactionRuns<>(runner, source, asked, callback);
      boolean committed;
      try {
        committed = run(runs, asked);
      } catch (CommitUnknownException e) {
        runs.afterCompletion(TransactionSynchronization.STATUS_UNKNOWN);
        throw e;
      } catch (RuntimeException | Error e) {
        runs.afterCompletion(TransactionSynchronization.STATUS_ROLLED_BACK);
        throw e;
      }
      if (!committed) {
        runs.afterCompletion(TransactionSynchronization.STATUS_ROLLED_BACK);
        if (runs.isUnexpected()) {
          throw new UnexpectedRollbackException(
              "the transaction was rolled back, because a method that took part in it failed");
        }
        return runs.value();
      }
      try {
        runs.afterCommit();
      } finally {
        runs.afterCompletion(TransactionSynchronization.STATUS_COMMITTED);
      }
      return runs.value();
    } finally {
      host.resume();
    }
  }

  /** Returns whether the last run was committed. */
  private <T extends @Nullable Object> boolean run(
      TransactionRuns<T> runs, TransactionDefinition asked) {
    if (asked.isReadOnly()) {
      return runner.<Boolean, RuntimeException>read(runs::run);
    }
    return runner.<Boolean, RuntimeException>writeFlow(tx -> flow(runs, tx));
  }

  private static TxOutcome<Boolean> flow(TransactionRuns<?> runs, Tx tx) {
    return runs.run(tx) ? TxOutcome.commit(true) : TxOutcome.rollback(false);
  }

  private static void refuseSettings(TransactionDefinition asked) {
    if (asked.getIsolationLevel() != TransactionDefinition.ISOLATION_DEFAULT) {
      throw new InvalidIsolationLevelException("Belay has one isolation level, the default");
    }
    if (asked.getTimeout() != TransactionDefinition.TIMEOUT_DEFAULT) {
      throw new InvalidTimeoutException(
          "Belay has no timeout for a transaction; belay.busy-timeout bounds its wait for others",
          asked.getTimeout());
    }
  }

  @Override
  public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
    throw unsupported("getTransaction");
  }

  @Override
  public void commit(TransactionStatus status) {
    throw unsupported("commit");
  }

  @Override
  public void rollback(TransactionStatus status) {
    throw unsupported("rollback");
  }

  private static UnsupportedOperationException unsupported(String method) {
    return new UnsupportedOperationException(
        method
            + ": Belay runs a transaction as a body, which may run twice; use @Transactional or a"
            + " TransactionTemplate");
  }
}
