package dev.belay.testing;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that moves by a millisecond at each reading, so that two bodies with the same {@code now}
 * have shared a transaction. Safe for use by many threads.
 */
public final class TickingClock implements InstantSource {
  private final AtomicLong ms = new AtomicLong(ManualClock.START.toEpochMilli());

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(ms.incrementAndGet());
  }
}
