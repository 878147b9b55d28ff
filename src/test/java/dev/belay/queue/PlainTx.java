package dev.belay.queue;

import dev.belay.store.Tx;
import dev.belay.store.TxRunner;
import java.lang.reflect.Proxy;
import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** A transaction on a connection of the test, to measure its statements. */
record PlainTx(Handle handle, Instant now) implements Tx {
  /** Has no engine: no observer is notified, and no verb can be called. */
  private static final TxRunner NOBODY =
      (TxRunner)
          Proxy.newProxyInstance(
              PlainTx.class.getClassLoader(),
              new Class<?>[] {TxRunner.class},
              (proxy, method, arguments) -> {
                throw new UnsupportedOperationException("nobody runs this");
              });

  @Override
  public <D> D attach(Class<D> sqlObject) {
    return handle.attach(sqlObject);
  }

  @Override
  public void afterCommit(Runnable hook) {
    throw new UnsupportedOperationException("nothing commits here");
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public TxRunner runner() {
    return NOBODY;
  }
}
