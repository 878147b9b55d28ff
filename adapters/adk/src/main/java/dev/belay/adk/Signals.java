package dev.belay.adk;

import com.google.adk.sessions.SessionException;
import dev.belay.session.CommitRefusedException;
import dev.belay.store.StoreException;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.schedulers.Schedulers;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Belay's futures as RxJava sees them. Stateless, safe for use by many threads. */
final class Signals {
  private Signals() {}

  /**
   * Returns a single that calls {@code start} for each subscriber. It does not block the subscriber
   * and signals whatever goes wrong. Disposing of it withdraws a body that has not begun.
   */
  static <T> Single<T> of(Callable<CompletableFuture<T>> start) {
    Single<T> single =
        Single.create(
            emitter -> {
              CompletableFuture<T> future = start.call();
              emitter.setCancellable(() -> future.cancel(false));
              var unused =
                  future.whenComplete(
                      (value, failure) -> {
                        if (failure == null) {
                          emitter.onSuccess(value);
                        } else {
                          emitter.tryOnError(failure);
                        }
                      });
            });
    // What follows may run an agent; Belay's threads are not for that.
    return single
        .onErrorResumeNext(failure -> Single.error(asSessionException(failure)))
        .observeOn(Schedulers.io());
  }

  /** ADK's callers expect its own exception for what fails in a store. */
  private static Throwable asSessionException(Throwable failure) {
    return failure instanceof StoreException || failure instanceof CommitRefusedException
        ? new SessionException(failure.getMessage(), failure)
        : failure;
  }
}
