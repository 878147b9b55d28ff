package dev.belay.spring.boot;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What Spring has bound to the calling thread, hidden while a transaction of Belay runs. A body may
 * run on another thread, so it must see nothing of a transaction of the caller on this one either.
 * Belongs to the thread that created it.
 */
final class HostThread {
  private final Map<Object, Object> resources;
  private final @Nullable List<TransactionSynchronization> synchronizations;
  private final @Nullable String name;
  private final boolean readOnly;
  private final boolean active;
  private final @Nullable Integer isolation;

  private HostThread() {
    synchronizations = suspended();
    name = TransactionSynchronizationManager.getCurrentTransactionName();
    readOnly = TransactionSynchronizationManager.isCurrentTransactionReadOnly();
    active = TransactionSynchronizationManager.isActualTransactionActive();
    isolation = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
    resources = Map.copyOf(TransactionSynchronizationManager.getResourceMap());
    resources.keySet().forEach(TransactionSynchronizationManager::unbindResource);
    TransactionSynchronizationManager.clear();
  }

  /** Hides what is bound to this thread. */
  static HostThread suspend() {
    return new HostThread();
  }

  private static @Nullable List<TransactionSynchronization> suspended() {
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      return null;
    }
    List<TransactionSynchronization> all = TransactionSynchronizationManager.getSynchronizations();
    all.forEach(TransactionSynchronization::suspend);
    return all;
  }

  /** Binds it again. */
  void resume() {
    resources.forEach(TransactionSynchronizationManager::bindResource);
    TransactionSynchronizationManager.setActualTransactionActive(active);
    TransactionSynchronizationManager.setCurrentTransactionName(name);
    TransactionSynchronizationManager.setCurrentTransactionReadOnly(readOnly);
    TransactionSynchronizationManager.setCurrentTransactionIsolationLevel(isolation);
    if (synchronizations != null) {
      TransactionSynchronizationManager.initSynchronization();
      for (TransactionSynchronization each : synchronizations) {
        each.resume();
        TransactionSynchronizationManager.registerSynchronization(each);
      }
    }
  }
}
