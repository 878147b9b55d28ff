package dev.belay.sqlite;

import dev.belay.store.StoreInterruptedException;
import dev.belay.store.TxBody;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way to a connection, and its answer on the way back. The caller and the owner of
 * the connection share it; its state decides every race between them.
 *
 * <p>{@code WAITING → STARTED → DONE}, or {@code WAITING → WITHDRAWN}: whoever changes the state
 * first has won. A withdrawn body never runs; a started one always gets an outcome.
 */
final class Request<T extends @Nullable Object> implements Source {
  /** What kind of transaction the body wants. */
  enum Kind {
    CALL,
    READ,
    WRITE,
    WRITE_FLOW;

    boolean writes() {
      return this == WRITE || this == WRITE_FLOW;
    }
  }

  private enum State {
    WAITING,
    STARTED,
    DONE,
    WITHDRAWN
  }

  private final Kind kind;
  private final TxBody<?, ?> body;
  private final @Nullable CompletableFuture<T> future;
  private final @Nullable Executor completions;
  private final @Nullable Thread waiter;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final List<Runnable> hooks = new ArrayList<>(0);

  private long lockWaitAtCall;
  private @Nullable Object value;
  private @Nullable Throwable failure;

  private Request(
      Kind kind,
      TxBody<?, ?> body,
      @Nullable CompletableFuture<T> future,
      @Nullable Executor completions) {
    this.kind = kind;
    this.body = body;
    this.future = future;
    this.completions = completions;
    this.waiter = future == null ? Thread.currentThread() : null;
  }

  /** For a caller that waits: the current thread. */
  static <T extends @Nullable Object> Request<T> waiting(Kind kind, TxBody<?, ?> body) {
    return new Request<>(kind, body, null, null);
  }

  /**
   * For a caller that takes a future, which withdraws the body when it ends by other hands.
   *
   * @param completions where the future completes, null: with the other callbacks
   */
  static <T extends @Nullable Object> Request<T> async(
      Kind kind, TxBody<?, ?> body, CompletableFuture<T> future, @Nullable Executor completions) {
    Request<T> request = new Request<>(kind, body, future, completions);
    Object unused = future.whenComplete((value, failure) -> request.withdraw());
    return request;
  }

  Kind kind() {
    return kind;
  }

  TxBody<?, ?> body() {
    return body;
  }

  /** Whether the current thread is the caller's own. */
  boolean isServedByCaller() {
    return waiter == Thread.currentThread();
  }

  /** What to run after the commit, in order. Belongs to the owner of the connection. */
  List<Runnable> hooks() {
    return hooks;
  }

  /** How long the connection had waited for other processes when this request came. */
  void stampLockWait(long nanos) {
    lockWaitAtCall = nanos;
  }

  /** Whether the connection has, since, waited for other processes for {@code timeoutNanos}. */
  boolean waitedFor(long timeoutNanos, long lockWaitNanos) {
    return lockWaitNanos - lockWaitAtCall >= timeoutNanos;
  }

  /** Claims the body for running; false if it was withdrawn. */
  boolean start() {
    return state.compareAndSet(State.WAITING, State.STARTED);
  }

  /** Takes the body back; false if it has started. */
  boolean withdraw() {
    return state.compareAndSet(State.WAITING, State.WITHDRAWN);
  }

  /** Whether the caller has its answer. */
  boolean isDone() {
    return state.get() == State.DONE;
  }

  /** The answer of a started body, for its caller. */
  void succeed(@Nullable Object value, Executor callbacks) {
    this.value = value;
    done(callbacks);
  }

  /** The failure of a started body, for its caller. */
  void fail(Throwable failure, Executor callbacks) {
    this.failure = failure;
    done(callbacks);
  }

  @SuppressWarnings("unchecked") // the value came from a body that returns T
  private void done(Executor callbacks) {
    state.set(State.DONE);
    CompletableFuture<T> taken = future;
    Executor executor = completions != null ? completions : callbacks;
    if (taken == null) {
      if (waiter != Thread.currentThread()) { // or its next park, wherever, would not wait
        LockSupport.unpark(waiter);
      }
    } else if (failure != null) {
      Throwable reason = failure;
      executor.execute(() -> taken.completeExceptionally(reason));
    } else {
      executor.execute(() -> taken.complete((T) value));
    }
  }

  /**
   * Waits until the body is done. Interrupted before it started: the body is withdrawn. Afterwards
   * the outcome is waited for and returned, so that no grant is lost to an interrupt.
   */
  T await() {
    boolean interrupted = false;
    while (state.get() != State.DONE) {
      if (Thread.interrupted()) {
        interrupted = true;
        if (withdraw() || state.get() == State.WITHDRAWN) {
          Thread.currentThread().interrupt();
          throw new StoreInterruptedException("interrupted before the body started", null);
        }
      }
      LockSupport.park(this);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return outcome();
  }

  /** What the body came to. Only once it is done. */
  @SuppressWarnings({"unchecked", "NullAway"}) // the value came from a body that returns T
  private T outcome() {
    if (failure != null) {
      Request.<RuntimeException>throwAsIs(failure);
    }
    return (T) value;
  }

  @Override
  public @Nullable Request<?> peek() {
    return state.get() == State.WAITING ? this : null;
  }

  @Override
  public @Nullable Request<?> next() {
    return peek();
  }

  @Override
  public List<Request<?>> takeExpired(long timeoutNanos, long lockWaitNanos) {
    return waitedFor(timeoutNanos, lockWaitNanos) ? List.of(this) : List.of();
  }

  @Override
  public void interrupted() {
    // this thread is the caller's; await() tells it
    withdraw();
  }

  /** Throws what a body threw: the same object, which its caller's verb declares. */
  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void throwAsIs(Throwable failure) throws X {
    throw (X) failure;
  }
}
