package dev.belay.queue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what was finished long ago while there is nothing else to do, in small batches. Used by
 * one thread at a time.
 */
final class IdlePurge {
  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final int BATCH = 100;

  private final WorkQueue queue;
  private final InstantSource clock;
  private @Nullable Instant last;

  IdlePurge(WorkQueue queue, InstantSource clock) {
    this.queue = queue;
    this.clock = clock;
  }

  /** A minute after the last that found no more, or if the clock was set back since. */
  boolean isDue() {
    Instant now = clock.instant();
    return last == null || now.isBefore(last) || !now.isBefore(last.plus(PAUSE));
  }

  void batch() {
    Instant now = clock.instant();
    // In milliseconds, which cannot overflow here: a retention may be longer than an Instant is.
    long beforeMs = now.toEpochMilli() - queue.options().retention().toMillis();
    if (queue.purge(Instant.ofEpochMilli(beforeMs), BATCH) < BATCH) {
      last = now;
    }
  }
}
