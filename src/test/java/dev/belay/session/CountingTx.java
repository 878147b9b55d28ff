package dev.belay.session;

import dev.belay.store.Tx;
import dev.belay.store.TxRunner;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * A body's own {@code Tx} that writes down which DAO methods are called through it: each is one
 * statement. Belongs to the body that made it.
 */
final class CountingTx implements Tx {
  private final Tx tx;
  private final List<String> calls = new ArrayList<>();

  CountingTx(Tx tx) {
    this.tx = tx;
  }

  /** The names of the methods called so far, in order. */
  List<String> calls() {
    return calls;
  }

  @Override
  public <D> D attach(Class<D> sqlObject) {
    D dao = tx.attach(sqlObject);
    return sqlObject.cast(
        Proxy.newProxyInstance(
            sqlObject.getClassLoader(),
            new Class<?>[] {sqlObject},
            (proxy, method, arguments) -> {
              calls.add(method.getName());
              method.setAccessible(true); // of an interface that is its package's own
              try {
                return method.invoke(dao, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            }));
  }

  @Override
  public Handle handle() {
    return tx.handle();
  }

  @Override
  public Instant now() {
    return tx.now();
  }

  @Override
  public void afterCommit(Runnable hook) {
    tx.afterCommit(hook);
  }

  @Override
  public boolean writable() {
    return tx.writable();
  }

  @Override
  public TxRunner runner() {
    return tx.runner();
  }
}
