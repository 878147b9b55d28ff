package dev.belay.engine.line;

import dev.belay.engine.StoreEngine;
import dev.belay.store.BelayObserver;
import dev.belay.store.TxBody;
import dev.belay.store.TxOutcome;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A store whose verbs are requests to executors, one executor for each kind of connection. Safe for
 * use by many threads.
 */
public abstract class RequestStore implements StoreEngine {
  /** Returns what turns calls into requests. */
  protected abstract Requests requests();

  /** Returns the executors of all requests. */
  protected abstract ExecutorSet executors();

  /**
   * Returns the executor of a kind of request.
   *
   * @throws dev.belay.store.StoreReadOnlyException if the store serves no such requests
   */
  protected abstract ConnectionExecutor executor(RequestKind kind);

  @SuppressWarnings("TypeParameterUnusedInFormals") // a writeFlow body returns an outcome of T
  private <T extends @Nullable Object> T run(RequestKind kind, TxBody<?, ?> body) {
    return requests().run(executor(kind), kind, body);
  }

  private <T extends @Nullable Object> CompletableFuture<T> submit(
      RequestKind kind, TxBody<?, ?> body) {
    return requests().submit(executor(kind), kind, body, null);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(TxBody<T, X> body) throws X {
    return run(RequestKind.CALL, body);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T read(TxBody<T, X> body) throws X {
    return run(RequestKind.READ, body);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T look(TxBody<T, X> body) throws X {
    return run(RequestKind.LOOK, body);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T write(TxBody<T, X> body) throws X {
    return run(RequestKind.WRITE, body);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T verb(TxBody<T, X> body) throws X {
    return run(RequestKind.VERB, body);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T verbFirst(TxBody<T, X> body) throws X {
    return run(RequestKind.VERB_FIRST, body);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T writeFlow(TxBody<TxOutcome<T>, X> body)
      throws X {
    return run(RequestKind.WRITE_FLOW, body);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> verbFirstAsync(
      TxBody<T, ?> body, Executor completions) {
    return requests()
        .submit(executor(RequestKind.VERB_FIRST), RequestKind.VERB_FIRST, body, completions);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> callAsync(TxBody<T, ?> body) {
    return submit(RequestKind.CALL, body);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> readAsync(TxBody<T, ?> body) {
    return submit(RequestKind.READ, body);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeAsync(TxBody<T, ?> body) {
    return submit(RequestKind.WRITE, body);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeFlowAsync(
      TxBody<TxOutcome<T>, ?> body) {
    return submit(RequestKind.WRITE_FLOW, body);
  }

  @Override
  public void requireOutsideBody(String verb) {
    if (executors().isOwnedByCurrentThread()) {
      throw new IllegalStateException(
          verb + " was called inside a body; inside one, use the overload that takes the Tx");
    }
  }

  @Override
  public Executor callbacks() {
    return requests().callbacks();
  }

  @Override
  public boolean isCallbackThread() {
    return requests().callbacks().isCallbackThread();
  }

  @Override
  public Thread daemon(String name, Runnable task) {
    return Threads.daemon(name, task);
  }

  @Override
  public BelayObserver observer() {
    return requests().observer();
  }

  @Override
  public boolean isObserved() {
    return requests().observer().wantsAll();
  }

  @Override
  public BelayObserver guarded(BelayObserver other) {
    return GuardedObserver.of(other);
  }

  @Override
  public UnaryOperator<Runnable> context() {
    return requests().context().ofCurrentThread();
  }

  @Override
  public void warn(String message, Throwable failure) {
    SafeLog.log(Level.WARNING, message, failure);
  }
}
