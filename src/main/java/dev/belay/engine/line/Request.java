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
 * A body on its way to a connection, and its answer on the way back. The caller and the owner of
 * the connection share it; its state decides every race between them. Safe for use by many threads.
 *
 * <p>{@code WAITING → STARTED → DONE}, or {@code WAITING → WITHDRAWN}: the thread that changes the
 * state first has won. A withdrawn body never runs; a started one always gets an outcome. In
 * between it may go {@code STARTED → AGAIN → STARTED}: then it runs once more, and cannot be
 * withdrawn.
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
   * For a caller that waits: the current thread. Its context goes with the body if that leaves it.
   */
  public static <T extends @Nullable Object> Request<T> waiting(
      String file, RequestKind kind, TxBody<?, ?> body, Caller caller) {
    return new Request<>(file, kind, body, caller, null, null);
  }

  /**
   * For a caller that takes a future, which withdraws the body when it ends by other hands.
   *
   * @param completions where the future completes, null: with the other callbacks
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
   * Another thread will run the body, and complete the future if there is one: they get the context
   * of this one, which is the caller's.
   */
  void leavesThread() {
    if (context.capture() != null && completions == null && kind.runsUsersCode()) {
      UnaryOperator<Runnable> here = context.ofCurrentThread();
      body = CallerContext.carry(body, here);
      completing = here.apply(this::complete);
    }
  }

  /**
   * The body has ended on this thread: unless that is the caller's own, the flag that the body left
   * must not reach the next body, nor this thread's waits.
   */
  public void forgetInterrupt() {
    if (waiter != Thread.currentThread()) {
      Thread.interrupted();
    }
  }

  /** What an observer is to be told, null: there is none. */
  public @Nullable TxNotes notes() {
    return notes;
  }

  /** It comes now, and from now on waits as {@code clock} of its connection says. */
  void comes(WaitClock clock) {
    waits = clock;
    waitedAtCallNanos = clock.nanos();
  }

  /** Whether the connection has, since, waited for other processes for {@code timeoutNanos}. */
  boolean waitedFor(long timeoutNanos, long waitedNanos) {
    return waitedNanos - waitedAtCallNanos >= timeoutNanos;
  }

  /** Claims the body for running; false if it was withdrawn. */
  public boolean start() {
    return state.compareAndSet(State.WAITING, State.STARTED)
        || state.compareAndSet(State.AGAIN, State.STARTED);
  }

  /** Has a started body run once more; what it did before has been undone. */
  public Request<T> again() {
    state.set(State.AGAIN);
    return this;
  }

  /** Takes the body back; false if it has started. */
  boolean withdraw() {
    return state.compareAndSet(State.WAITING, State.WITHDRAWN);
  }

  /** Whether the caller has its answer. */
  public boolean isDone() {
    return state.get() == State.DONE;
  }

  /** The answer of a started body, for its caller. */
  public void succeed(@Nullable Object value, Executor callbacks) {
    this.value = value;
    done(callbacks);
  }

  /** The failure of a started body, for its caller. */
  public void fail(Throwable failure, Executor callbacks) {
    this.failure = failure;
    done(callbacks);
  }

  private void done(Executor callbacks) {
    TxNotes told = notes;
    if (told != null) {
      told.done(failure, waits == null ? 0 : waits.nanos() - waitedAtCallNanos);
      if (told.isBeside()) {
        callbacks.execute(told);
      }
    }
    state.set(State.DONE);
    if (future == null) {
      if (waiter != Thread.currentThread()) { // or its next park, wherever, would not wait
        LockSupport.unpark(waiter);
      }
      return;
    }
    try {
      (completions != null ? completions : callbacks).execute(this);
    } catch (Throwable e) {
      run(); // on the wrong thread, which is better than never
    }
  }

  /** Completes the future of a body that is done. */
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
    tellHere();
    CompletableFuture<T> taken = Objects.requireNonNull(future);
    Throwable reason = failure;
    if (reason != null) {
      taken.completeExceptionally(reason);
    } else {
      taken.complete((T) value);
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
          throw interrupted(file);
        }
      }
      LockSupport.park(this);
    }
    tellHere();
    if (interrupted || interruptedMeanwhile) {
      Thread.currentThread().interrupt();
    }
    return outcome();
  }

  private void tellHere() {
    if (notes != null && !notes.isBeside()) {
      notes.run();
    }
  }

  static StoreInterruptedException interrupted(String file) {
    return new StoreInterruptedException(file + ": interrupted before the body started", null);
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
    // this thread is the caller's; await() tells it
    if (!withdraw()) {
      interruptedMeanwhile |= Thread.interrupted(); // its flag would end every park at once
    }
  }

  /** Throws what a body threw: the same object, which its caller's verb declares. */
  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void throwAsIs(Throwable failure) throws X {
    throw (X) failure;
  }
}
