package dev.belay.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that moves only when a test moves it. Safe for use by many threads. */
public final class ManualClock implements InstantSource {
  /** The default start of a clock: a whole second, so that messages are easy to read. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private volatile Instant now;

  /** Creates a clock at {@link #START}. */
  public ManualClock() {
    this(START);
  }

  /** Creates a clock at {@code start}. */
  public ManualClock(Instant start) {
    this.now = start;
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Moves the clock by {@code duration} (back if it is negative), and returns the new time. */
  public synchronized Instant advance(Duration duration) {
    now = now.plus(duration);
    return now;
  }

  /** Sets the clock to {@code instant}. */
  public synchronized void set(Instant instant) {
    now = instant;
  }
}
