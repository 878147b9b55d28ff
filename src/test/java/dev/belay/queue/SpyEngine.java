package dev.belay.queue;

import dev.belay.engine.EngineFacts;
import dev.belay.engine.Registration;
import dev.belay.engine.RowLocks;
import dev.belay.engine.StoreEngine;
import dev.belay.engine.TxCheck;
import dev.belay.store.BackupProgress;
import dev.belay.store.BelayObserver;
import dev.belay.store.Finding;
import dev.belay.store.Tx;
import dev.belay.store.TxBody;
import dev.belay.store.TxOutcome;
import dev.belay.store.TxRunner;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * A store's engine that counts its calls, and runs actions of a test between them. It counts the
 * looks of a {@link Waker} as looks, and claims as tries. Safe for use by many threads.
 */
@SuppressWarnings("NullAway") // NullAway does not see in a class file that T may be nullable
final class SpyEngine implements StoreEngine {
  final StoreEngine store;
  final AtomicInteger looks = new AtomicInteger();
  final AtomicInteger tries = new AtomicInteger();
  volatile Runnable afterLook = () -> {};
  volatile Runnable beforeTry = () -> {};
  volatile Runnable inTry = () -> {};
  volatile Runnable afterTry = () -> {};
  volatile Runnable beforeRenewal = () -> {};
  volatile BiFunction<String, Runnable, Thread> threads;

  SpyEngine(StoreEngine store) {
    this.store = store;
    this.threads = store::daemon;
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(TxBody<T, X> body) throws X {
    return store.<T, X>call(tx -> body.run(new SpyTx(tx)));
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T look(TxBody<T, X> body) throws X {
    T value = store.<T, X>look(tx -> body.run(new SpyTx(tx)));
    looks.incrementAndGet();
    afterLook.run();
    return value;
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T read(TxBody<T, X> body) throws X {
    return store.<T, X>read(tx -> body.run(new SpyTx(tx)));
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T write(TxBody<T, X> body) throws X {
    return verb(body);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T verb(TxBody<T, X> body) throws X {
    tries.incrementAndGet();
    beforeTry.run();
    T value =
        store.<T, X>verb(
            tx -> {
              T inBody = body.run(new SpyTx(tx));
              inTry.run();
              return inBody;
            });
    afterTry.run();
    return value;
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T verbFirst(TxBody<T, X> body) throws X {
    beforeRenewal.run();
    return store.<T, X>verbFirst(tx -> body.run(new SpyTx(tx)));
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> verbFirstAsync(
      TxBody<T, ?> body, Executor completions) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T extends @Nullable Object> T all(Tx tx, String verb, Function<Tx, T> steps) {
    return steps.apply(TxCheck.writing(tx, this, verb));
  }

  @Override
  public void signal(Tx tx, Event event, Runnable signal) {
    store.signal(((SpyTx) tx).tx, event, signal);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T writeFlow(TxBody<TxOutcome<T>, X> body)
      throws X {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> callAsync(TxBody<T, ?> body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> readAsync(TxBody<T, ?> body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeAsync(TxBody<T, ?> body) {
    return store.writeAsync(tx -> body.run(new SpyTx(tx)));
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeFlowAsync(
      TxBody<TxOutcome<T>, ?> body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public RowLocks locks() {
    return store.locks();
  }

  @Override
  public OptionalLong newNumbers(Tx tx, int count, long after) {
    return store.newNumbers(tx, count, after);
  }

  @Override
  public InstantSource clock() {
    return store.clock();
  }

  @Override
  public Registration watch(Runnable changed) {
    return store.watch(changed);
  }

  @Override
  public void backup(Path target, BackupProgress progress) {
    store.backup(target, progress);
  }

  @Override
  public Executor callbacks() {
    return store.callbacks();
  }

  @Override
  public Thread daemon(String name, Runnable task) {
    return threads.apply(name, task);
  }

  @Override
  public BelayObserver observer() {
    return store.observer();
  }

  @Override
  public UnaryOperator<Runnable> context() {
    return store.context();
  }

  @Override
  public EngineFacts facts() {
    return store.facts();
  }

  @Override
  public void check(Finding.Scope scope, Consumer<Finding> to) {
    store.check(scope, to);
  }

  @Override
  public int shrink(int pagesMax) {
    return store.shrink(pagesMax);
  }

  @Override
  public boolean isObserved() {
    return store.isObserved();
  }

  @Override
  public void tell(Tx tx, Event event, Consumer<BelayObserver> report) {
    store.tell(tx, event, report);
  }

  @Override
  public BelayObserver guarded(BelayObserver observer) {
    return store.guarded(observer);
  }

  @Override
  public void warn(String message, Throwable failure) {
    store.warn(message, failure);
  }

  @Override
  public boolean isCallbackThread() {
    return store.isCallbackThread();
  }

  @Override
  public void requireOutsideBody(String verb) {
    store.requireOutsideBody(verb);
  }

  @Override
  public void close(Runnable last) {
    store.close(last);
  }

  /** The same transaction, which returns the spy as its runner. */
  private final class SpyTx implements Tx {
    private final Tx tx;

    SpyTx(Tx tx) {
      this.tx = tx;
    }

    @Override
    public Handle handle() {
      return tx.handle();
    }

    @Override
    public <D> D attach(Class<D> sqlObject) {
      return tx.attach(sqlObject);
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
      return SpyEngine.this;
    }
  }
}
