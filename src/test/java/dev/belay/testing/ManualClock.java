package dev.belay.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until it is told to move. Safe for use by many threads. */
public final class ManualClock implements InstantSource {
  /** Where a clock starts unless told otherwise: a whole second, so that tests can read it. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicReference<Instant> now;

  /** Stands at {@link #START}. */
  public ManualClock() {
    this(START);
  }

  /** Stands at {@code start}. */
  public ManualClock(Instant start) {
    this.now = new AtomicReference<>(start);
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  /** Moves by {@code duration} (back, if it is negative) and returns where it stands then. */
  public Instant advance(Duration duration) {
    return now.updateAndGet(instant -> instant.plus(duration));
  }

  /** Stands at {@code instant} from now on. */
  public void set(Instant instant) {
    now.set(instant);
  }
}
