package dev.belay.engine.line;

import dev.belay.store.StoreInterruptedException;
import dev.belay.store.TxBody;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A body that is to run on a connection, and its answer. The caller and the owner of the connection
 * share it; its state decides every race between them. Safe for use by many threads.
 *
 * <p>The first thread to change the state wins:
 *
 * <ul>
 *   <li>{@code WAITING → STARTED → DONE}: a started body always gets an outcome.
 *   <li>{@code WAITING → WITHDRAWN}: a withdrawn body never runs.
 *   <li>{@code STARTED → AGAIN → STARTED}: the body runs once more and cannot be withdrawn.
 * </ul>
 */
public final class Request<T extends @Nullable Object> implements Source, Runnable {
  private enum State {
    WAITING,
    STARTED,
    AGAIN,
    DONE,
    WITHDRAWN
  }

  private final RequestKind kind;
  private final CallerContext context;
  private final @Nullable CompletableFuture<T> future;
  private final @Nullable Executor completions;
  private final @Nullable Thread waiter;
  private final @Nullable TxNotes notes;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

  private final String file;
  private TxBody<?, ?> body;
  private @Nullable Runnable completing;
  private @Nullable WaitClock waits;
  private long waitedAtCallNanos;
  private boolean interruptedMeanwhile;
  private @Nullable Object value;
  private @Nullable Throwable failure;

  private Request(
      String file,
      RequestKind kind,
      TxBody<?, ?> body,
      Caller caller,
      @Nullable CompletableFuture<T> future,
      @Nullable Executor completions) {
    this.file = file;
    this.context = caller.context();
    this.notes = caller.notes();
    this.kind = kind;
    this.body = body;
    this.future = future;
    this.completions = completions;
    this.waiter = future == null ? Thread.currentThread() : null;
  }

  /**
   * Returns a request for the current thread, which waits for the outcome. If another thread runs
   * the body, the body gets the context of the current thread.
   */
  public static <T extends @Nullable Object> Request<T> waiting(
      String file, RequestKind kind, TxBody<?, ?> body, Caller caller) {
    return new Request<>(file, kind, body, caller, null, null);
  }

  /**
   * Returns a request for a caller that takes a future. If the caller completes or cancels the
   * future itself, the body is withdrawn.
   *
   * @param completions runs the completion of the future; null: the callback threads do
   */
  public static <T extends @Nullable Object> Request<T> async(
      String file,
      RequestKind kind,
      TxBody<?, ?> body,
      Caller caller,
      CompletableFuture<T> future,
      @Nullable Executor completions) {
    Request<T> request = new Request<>(file, kind, body, caller, future, completions);
    Object unused = future.whenComplete((value, failure) -> request.withdraw());
    return request;
  }

  public RequestKind kind() {
    return kind;
  }

  public TxBody<?, ?> body() {
    return body;
  }

  /**
   * Notes that another thread will run the body and complete the future, if there is one. Both get
   * the context of the current thread, which is the caller's.
   */
  void leavesThread() {
    if (context.capture() != null && completions == null && kind.runsUsersCode()) {
      UnaryOperator<Runnable> here = context.ofCurrentThread();
      body = CallerContext.carry(body, here);
      completing = here.apply(this::complete);
    }
  }

  /**
   * Clears the interrupt flag after the body has ended, unless the current thread is the caller's
   * own. A flag that the body left must not reach the next body or the waits of this thread.
   */
  public void forgetInterrupt() {
    if (waiter != Thread.currentThread()) {
      Thread.interrupted();
    }
  }

  /** Returns the notes for the observer; null if there is no observer. */
  public @Nullable TxNotes notes() {
    return notes;
  }

  /** Notes that the request arrives now; {@code clock}, its connection's, counts its waits. */
  void arrives(WaitClock clock) {
    waits = clock;
    waitedAtCallNanos = clock.nanos();
  }

  /**
   * Returns whether the connection has waited for other processes for {@code timeoutNanos} since
   * this request arrived.
   */
  boolean waitedFor(long timeoutNanos, long waitedNanos) {
    return waitedNanos - waitedAtCallNanos >= timeoutNanos;
  }

  /** Marks the body as started. Returns false if it was withdrawn. */
  public boolean start() {
    return state.compareAndSet(State.WAITING, State.STARTED)
        || state.compareAndSet(State.AGAIN, State.STARTED);
  }

  /** Makes a started body run once more. Everything that it did before must have been undone. */
  public Request<T> again() {
    state.set(State.AGAIN);
    return this;
  }

  /** Withdraws the body. Returns false if it has started. */
  boolean withdraw() {
    return state.compareAndSet(State.WAITING, State.WITHDRAWN);
  }

  /** Returns whether the caller has its answer. */
  public boolean isDone() {
    return state.get() == State.DONE;
  }

  /** Gives the caller {@code value}, the result of a started body. */
  public void succeed(@Nullable Object value, Executor callbacks) {
    this.value = value;
    done(callbacks);
  }

  /** Gives the caller {@code failure}, the failure of a started body. */
  public void fail(Throwable failure, Executor callbacks) {
    this.failure = failure;
    done(callbacks);
  }

  private void done(Executor callbacks) {
    TxNotes noted = notes;
    if (noted != null) {
      noted.done(failure, waits == null ? 0 : waits.nanos() - waitedAtCallNanos);
      if (noted.isReportedOnCallbackThread()) {
        callbacks.execute(noted);
      }
    }
    state.set(State.DONE);
    if (future == null) {
      if (waiter != Thread.currentThread()) { // otherwise its next park, anywhere, would not wait
        LockSupport.unpark(waiter);
      }
      return;
    }
    try {
      (completions != null ? completions : callbacks).execute(this);
    } catch (Throwable e) {
      run(); // on the wrong thread, which is better than not at all
    }
  }

  /** Completes the future, once the body is done. */
  @Override
  public void run() {
    Runnable inContext = completing;
    if (inContext != null) {
      inContext.run();
    } else {
      complete();
    }
  }

  @SuppressWarnings("unchecked") // the value came from a body that returns T
  private void complete() {
    reportHere();
    CompletableFuture<T> taken = Objects.requireNonNull(future);
    Throwable reason = failure;
    if (reason != null) {
      taken.completeExceptionally(reason);
    } else {
      taken.complete((T) value);
    }
  }

  /**
   * Waits until the body is done and returns its outcome. If the current thread is interrupted
   * before the body has started, the body is withdrawn. If it is interrupted later, it still waits
   * for the outcome and returns it, so that no grant is lost to an interrupt.
   */
  T await() {
    boolean interrupted = false;
    while (state.get() != State.DONE) {
      if (Thread.interrupted()) {
        interrupted = true;
        if (withdraw() || state.get() == State.WITHDRAWN) {
          Thread.currentThread().interrupt();
          throw interrupted(file);
        }
      }
      LockSupport.park(this);
    }
    reportHere();
    if (interrupted || interruptedMeanwhile) {
      Thread.currentThread().interrupt();
    }
    return outcome();
  }

  private void reportHere() {
    if (notes != null && !notes.isReportedOnCallbackThread()) {
      notes.run();
    }
  }

  static StoreInterruptedException interrupted(String file) {
    return new StoreInterruptedException(file + ": interrupted before the body started", null);
  }

  /** Returns the value of the body or throws its failure. Only once it is done. */
  @SuppressWarnings({"unchecked", "NullAway"}) // the value came from a body that returns T
  private T outcome() {
    if (failure != null) {
      Request.<RuntimeException>throwAsIs(failure);
    }
    return (T) value;
  }

  @Override
  public @Nullable Request<?> peek() {
    State now = state.get();
    return now == State.WAITING || now == State.AGAIN ? this : null;
  }

  @Override
  public @Nullable Request<?> next() {
    return peek();
  }

  @Override
  public List<Request<?>> takeExpired(long timeoutNanos, long waitedNanos) {
    return waitedFor(timeoutNanos, waitedNanos) ? List.of(this) : List.of();
  }

  @Override
  public void interrupted() {
    // This is the caller's thread: await() reports the interrupt.
    if (!withdraw()) {
      interruptedMeanwhile |= Thread.interrupted(); // while it is set, no park would wait
    }
  }

  /** Throws the object that a body threw. The verb that the caller called declares its type. */
  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void throwAsIs(Throwable failure) throws X {
    throw (X) failure;
  }
}
