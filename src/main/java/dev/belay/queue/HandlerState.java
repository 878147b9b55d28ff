package dev.belay.queue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The state of a thread of a worker. Safe for use by many threads. */
final class HandlerState {
  /*
   * FETCHING → HANDLING → SETTLING → FETCHING
   *
   * The state changes under the lock, and the thread is interrupted under the lock: to stop it
   * while it is FETCHING, to stop its handler while it is HANDLING. So an interrupt never reaches
   * anything else; what is left of it is cleared with the next change.
   *
   * The other states are of a handler that has begun:
   * - LIMITED: it was interrupted because it ran too long
   * - STOPPED: it was interrupted because the worker stops
   * - ABANDONED: it was STOPPED and did not return
   */
  enum State {
    FETCHING,
    HANDLING,
    LIMITED,
    STOPPED,
    ABANDONED,
    SETTLING
  }

  /** The time that an interrupted handler has to return, before a warning. */
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
  private boolean told;

  HandlerState(InstantSource clock, Thread thread) {
    this.clock = clock;
    this.thread = thread;
  }

  /**
   * The end of a handler.
   *
   * @param how HANDLING if it ended by itself, STOPPED or ABANDONED
   * @param thrown what it threw, or that it ran too long
   */
  record End(State how, @Nullable Throwable thrown) {}

  /** Has the thread end once its handler has returned. */
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

  /** Interrupts the handler, if one runs; its work is to be released. */
  synchronized void interruptHandler() {
    if (state == State.HANDLING || state == State.LIMITED) {
      state = State.STOPPED;
      thread.interrupt();
    }
  }

  /**
   * Takes the claim from a handler that has not returned after its interrupt; null if there is
   * none.
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
   * was interrupted a while ago and has not returned.
   */
  synchronized @Nullable HeldClaim limit(Duration limit, long nowNanos, long nowMs) {
    if (state == State.HANDLING && ranLonger(limit, nowNanos, nowMs)) {
      state = State.LIMITED;
      this.limit = limit;
      limitedNanos = nowNanos;
      told = false;
      thread.interrupt();
    } else if (state == State.LIMITED && !told && nowNanos - limitedNanos > RETURN_NANOS) {
      told = true;
      return handled;
    }
    return null;
  }

  private boolean ranLonger(Duration limit, long nowNanos, long nowMs) {
    return nowNanos - beganNanos > Times.nanos("timeLimit", limit)
        || Duration.ofMillis(nowMs - beganMs).compareTo(limit) > 0;
  }

  /** Begins a handler. Returns false if the claim came too late, or a stop was first. */
  synchronized boolean begin(HeldClaim claim) {
    boolean unused = Thread.interrupted();
    boolean begins = !stopping && claim.isHeld();
    state = begins ? State.HANDLING : State.SETTLING;
    handled = begins ? claim : null;
    beganNanos = System.nanoTime();
    beganMs = clock.millis();
    return begins;
  }

  /** Ends a handler, which threw {@code thrown} unless that is null. */
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
