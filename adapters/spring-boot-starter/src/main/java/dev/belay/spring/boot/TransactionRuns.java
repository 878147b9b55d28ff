package dev.belay.spring.boot;

import dev.belay.store.Tx;
import dev.belay.store.TxRunner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

/**
 * The runs of one body, of which the last counts. Each run belongs to its thread, one after
 * another; after the last one this belongs to the caller's thread.
 *
 * @param <T> the value of the callback
 */
final class TransactionRuns<T extends @Nullable Object> {
  private final TxRunner runner;
  private final BoundDataSource source;
  private final TransactionDefinition asked;
  private final TransactionCallback<T> callback;
  private final List<TransactionSynchronization> undone = new ArrayList<>();
  private List<TransactionSynchronization> synchronizations = List.of();
  private boolean hasRun;
  private @Nullable T value;
  private boolean unexpected;

  TransactionRuns(
      TxRunner runner,
      BoundDataSource source,
      TransactionDefinition asked,
      TransactionCallback<T> callback) {
    this.runner = runner;
    this.source = source;
    this.asked = asked;
    this.callback = callback;
  }

  /**
   * Runs the callback in {@code tx}, and returns whether it is to be committed.
   *
   * @throws RunAgainException if the callback is an interceptor's, which cannot run again
   */
  boolean run(Tx tx) {
    if (hasRun && asked instanceof TransactionAttribute) {
      throw new RunAgainException();
    }
    hasRun = true;
    undone.addAll(synchronizations);
    synchronizations = List.of();
    ConnectionHolder connection = new ConnectionHolder(tx.handle().getConnection());
    connection.setSynchronizedWithTransaction(true);
    TransactionSynchronizationManager.bindResource(source, connection);
    TransactionSynchronizationManager.bindResource(runner, tx);
    TransactionSynchronizationManager.setActualTransactionActive(true);
    TransactionSynchronizationManager.setCurrentTransactionName(asked.getName());
    TransactionSynchronizationManager.setCurrentTransactionReadOnly(asked.isReadOnly());
    TransactionSynchronizationManager.initSynchronization();
    try {
      return run(TransactionPart.outermost(connection, asked));
    } finally {
      synchronizations = TransactionSynchronizationManager.getSynchronizations();
      TransactionSynchronizationManager.clear();
      TransactionSynchronizationManager.unbindResource(runner);
      TransactionSynchronizationManager.unbindResource(source);
    }
  }

  private boolean run(DefaultTransactionStatus status) {
    try {
      value = callback.doInTransaction(status);
      unexpected = !status.isLocalRollbackOnly() && status.isGlobalRollbackOnly();
      if (!status.isRollbackOnly()) {
        TransactionSynchronizationUtils.triggerBeforeCommit(asked.isReadOnly());
        unexpected = status.isGlobalRollbackOnly();
      }
      return !status.isRollbackOnly();
    } finally {
      TransactionSynchronizationUtils.triggerBeforeCompletion();
      status.setCompleted();
    }
  }

  void afterCommit() {
    TransactionSynchronizationUtils.invokeAfterCommit(synchronizations);
  }

  void afterCompletion(int status) {
    TransactionSynchronizationUtils.invokeAfterCompletion(
        undone, TransactionSynchronization.STATUS_ROLLED_BACK);
    TransactionSynchronizationUtils.invokeAfterCompletion(synchronizations, status);
  }

  @SuppressWarnings("NullAway") // null only if T may be null
  T value() {
    return value;
  }

  /** Returns whether a part had failed, and the outermost call did not ask for the rollback. */
  boolean isUnexpected() {
    return unexpected;
  }
}
