package dev.belay.engine.line;

import dev.belay.store.TxBody;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Turns the calls of one store's verbs into requests. Immutable, safe for use by many threads.
 *
 * @param store the name of the store
 * @param outsideBody throws inside a body of the store, where the call would wait for itself
 */
public record Requests(
    String store,
    CallerContext context,
    GuardedObserver observer,
    Callbacks callbacks,
    Runnable outsideBody) {

  /** Runs {@code body} through {@code executor}, waits for its outcome and returns it. */
  @SuppressWarnings("TypeParameterUnusedInFormals") // a writeFlow body returns an outcome of T
  public <T extends @Nullable Object> T run(
      ConnectionExecutor executor, RequestKind kind, TxBody<?, ?> body) {
    requireCallable(body);
    return executor.run(Request.<T>waiting(store, kind, body, caller(kind)));
  }

  /**
   * Submits {@code body} to {@code executor}. Returns the future of its outcome.
   *
   * @param completions runs the completion of the future; null: the callback threads do
   */
  public <T extends @Nullable Object> CompletableFuture<T> submit(
      ConnectionExecutor executor,
      RequestKind kind,
      TxBody<?, ?> body,
      @Nullable Executor completions) {
    requireCallable(body);
    callbacks.ensureStarted(); // otherwise no thread might be able to complete the future
    CompletableFuture<T> future = new CompletableFuture<>();
    executor.submit(Request.async(store, kind, body, caller(kind), future, completions));
    return future;
  }

  private Caller caller(RequestKind kind) {
    return new Caller(context, observer.notes(kind));
  }

  private void requireCallable(TxBody<?, ?> body) {
    Objects.requireNonNull(body, "body");
    outsideBody.run();
  }
}
