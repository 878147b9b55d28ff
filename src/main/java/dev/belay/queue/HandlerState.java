package dev.belay.queue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The state of one thread of a worker. Safe for use by many threads. */
final class HandlerState {
  /*
   * FETCHING → HANDLING → SETTLING → FETCHING
   *
   * The state changes under the lock, and the thread is interrupted only under the lock: while it
   * is FETCHING, to stop it, and while it is HANDLING, to stop its handler. So an interrupt never
   * reaches other code. The next change of state clears the interrupt flag.
   *
   * The other states are those of a handler that was interrupted:
   * - LIMITED: because it ran too long
   * - STOPPED: because the worker stops
   * - ABANDONED: because the worker stops, and it has not returned
   */
  enum State {
    FETCHING,
    HANDLING,
    LIMITED,
    STOPPED,
    ABANDONED,
    SETTLING
  }

  /** The time for which an interrupted handler may continue before a warning: 1 second. */
  private static final long RETURN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final InstantSource clock;
  private final Thread thread;
  private State state = State.FETCHING;
  private boolean stopping;
  private @Nullable HeldClaim handled;
  private long beganNanos;
  private long beganMs;
  private @Nullable Duration limit;
  private long limitedNanos;
  private boolean reported;

  HandlerState(InstantSource clock, Thread thread) {
    this.clock = clock;
    this.thread = thread;
  }

  /**
   * The end of a handler.
   *
   * @param how HANDLING if the worker did not stop it, STOPPED or ABANDONED
   * @param thrown the exception of the handler, or a {@link TimeoutException} if it ran too long
   */
  record End(State how, @Nullable Throwable thrown) {}

  /** Stops the thread as soon as its handler has returned. */
  synchronized void stop() {
    stopping = true;
    if (state == State.FETCHING) {
      thread.interrupt();
    }
  }

  synchronized boolean isStopping() {
    if (stopping) {
      boolean unused = Thread.interrupted();
    }
    return stopping;
  }

  /** Interrupts the handler, if one runs, to release its work. */
  synchronized void interruptHandler() {
    if (state == State.HANDLING || state == State.LIMITED) {
      state = State.STOPPED;
      thread.interrupt();
    }
  }

  /**
   * Abandons a handler that was stopped and has not returned. Returns its claim, or null if there
   * is no such handler.
   */
  synchronized @Nullable HeldClaim abandon() {
    if (state != State.STOPPED) {
      return null;
    }
    state = State.ABANDONED;
    return handled;
  }

  /**
   * Interrupts the handler if it has run longer than {@code limit}. Returns its claim, once, if it
   * has not returned one second after that interrupt; otherwise null.
   */
  synchronized @Nullable HeldClaim limit(Duration limit, long nowNanos, long nowMs) {
    if (state == State.HANDLING && ranLonger(limit, nowNanos, nowMs)) {
      state = State.LIMITED;
      this.limit = limit;
      limitedNanos = nowNanos;
      reported = false;
      thread.interrupt();
    } else if (state == State.LIMITED && !reported && nowNanos - limitedNanos > RETURN_NANOS) {
      reported = true;
      return handled;
    }
    return null;
  }

  private boolean ranLonger(Duration limit, long nowNanos, long nowMs) {
    return nowNanos - beganNanos > Times.nanos("timeLimit", limit)
        || Duration.ofMillis(nowMs - beganMs).compareTo(limit) > 0;
  }

  /**
   * Begins a handler. Returns false if the claim is no longer held, or if the thread is to stop.
   */
  synchronized boolean begin(HeldClaim claim) {
    boolean unused = Thread.interrupted();
    boolean begins = !stopping && claim.isHeld();
    state = begins ? State.HANDLING : State.SETTLING;
    handled = begins ? claim : null;
    beganNanos = System.nanoTime();
    beganMs = clock.millis();
    return begins;
  }

  /** Notes that the handler has ended, with the exception {@code thrown} or null. */
  synchronized End end(@Nullable Throwable thrown) {
    boolean unused = Thread.interrupted();
    State ended = state;
    state = State.SETTLING;
    handled = null;
    return ended == State.LIMITED
        ? new End(State.HANDLING, tooLong(thrown))
        : new End(ended, thrown);
  }

  private TimeoutException tooLong(@Nullable Throwable thrown) {
    TimeoutException tooLong = new TimeoutException("ran longer than " + limit);
    if (thrown != null) {
      tooLong.initCause(thrown);
    }
    return tooLong;
  }

  synchronized void fetches() {
    boolean unused = Thread.interrupted();
    state = State.FETCHING;
  }
}
