package dev.belay.spring.boot;

import dev.belay.store.Tx;
import dev.belay.store.TxRunner;
import java.sql.Connection;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The bean that gives code in a {@code @Transactional} method the {@link Tx} for Belay's verbs.
 * Safe for use by many threads; each gets the {@code Tx} of its own transaction.
 *
 * <p>In a transaction of the application's own, on the PostgreSQL database that also has the store,
 * the {@code Tx} is one that has joined it: see {@link TxRunner#join}. In a transaction of the bean
 * {@code belayTransactionManager} it is that of the body.
 */
public final class BelayTransactions {
  private final TxRunner runner;
  private final Supplier<@Nullable DataSource> dataSource;

  BelayTransactions(TxRunner runner, Supplier<@Nullable DataSource> dataSource) {
    this.runner = runner;
    this.dataSource = dataSource;
  }

  /**
   * Returns the {@code Tx} of the transaction that this thread is in. It is the same one in the
   * whole transaction.
   *
   * @throws IllegalStateException if this thread is in no transaction, or in one that is not of the
   *     application's {@code DataSource}
   * @throws UnsupportedOperationException if the store is a file and the transaction is the
   *     application's own
   */
  public Tx current() {
    if (TransactionSynchronizationManager.getResource(runner) instanceof Tx open) {
      return open;
    }
    if (!TransactionSynchronizationManager.isActualTransactionActive()
        || !TransactionSynchronizationManager.isSynchronizationActive()) {
      throw new IllegalStateException("this thread is in no transaction that Belay could join");
    }
    Tx joined = runner.join(hostConnection());
    new Binding(runner, joined).begin();
    return joined;
  }

  private Connection hostConnection() {
    DataSource source = dataSource.get();
    if (source != null
        && TransactionSynchronizationManager.getResource(source) instanceof ConnectionHolder held) {
      return held.getConnection();
    }
    throw new IllegalStateException(
        source == null
            ? "there is not one DataSource whose transaction Belay could join; belay.data-source"
                + " names it"
            : "the transaction of this thread has no connection of the DataSource that Belay"
                + " joins");
  }

  /** Keeps the {@code Tx} until the transaction ends, and hides it while that is suspended. */
  private record Binding(TxRunner runner, Tx tx) implements TransactionSynchronization {
    void begin() {
      resume();
      TransactionSynchronizationManager.registerSynchronization(this);
    }

    @Override
    public void resume() {
      TransactionSynchronizationManager.bindResource(runner, tx);
    }

    @Override
    public void suspend() {
      TransactionSynchronizationManager.unbindResource(runner);
    }

    @Override
    public void afterCompletion(int status) {
      TransactionSynchronizationManager.unbindResourceIfPossible(runner);
    }
  }
}
