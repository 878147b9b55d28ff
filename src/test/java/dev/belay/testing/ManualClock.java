package dev.belay.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is told to move. Safe for use by many threads. */
public final class ManualClock implements InstantSource {
  /** Where a clock starts unless told otherwise: a whole second, so that tests can read it. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private volatile Instant now;

  /** Stands at {@link #START}. */
  public ManualClock() {
    this(START);
  }

  /** Stands at {@code start}. */
  public ManualClock(Instant start) {
    this.now = start;
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Moves by {@code duration} (back, if it is negative) and returns where it stands then. */
  public synchronized Instant advance(Duration duration) {
    now = now.plus(duration);
    return now;
  }

  /** Stands at {@code instant} from now on. */
  public synchronized void set(Instant instant) {
    now = instant;
  }
}
