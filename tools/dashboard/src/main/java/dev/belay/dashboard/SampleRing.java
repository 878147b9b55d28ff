package dev.belay.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The samples of the last hour, one for each five seconds. Safe for use by many threads.
 *
 * <p>No thread samples: an event is added to the sample of its time, and samples without events are
 * empty. A clock that goes back adds to the newest sample.
 */
final class SampleRing {
  /** The length of one sample: 5 s. */
  static final Duration INTERVAL = Duration.ofSeconds(5);

  /** The number of samples: 720, one hour. */
  static final int SIZE = 720;

  private final Sample[] ring = new Sample[SIZE];
  private final Instant since;
  private long newest;

  SampleRing(Instant now) {
    since = now;
    newest = index(now);
    for (int i = 0; i < SIZE; i++) {
      ring[i] = new Sample();
    }
  }

  private static long index(Instant time) {
    return Math.floorDiv(time.toEpochMilli(), INTERVAL.toMillis());
  }

  /** Returns when the first sample began. */
  Instant since() {
    return since;
  }

  synchronized void add(Instant now, Consumer<Sample> change) {
    moveTo(now);
    change.accept(ring[place(newest)]);
  }

  /** Returns copies of all samples, the oldest first; the last one is that of {@code now}. */
  synchronized List<Sample> at(Instant now) {
    moveTo(now);
    List<Sample> samples = new ArrayList<>(SIZE);
    for (long i = newest - SIZE + 1; i <= newest; i++) {
      samples.add(ring[place(i)].copy());
    }
    return samples;
  }

  private void moveTo(Instant now) {
    long index = index(now);
    // After an hour without an event each place is cleared once.
    for (long i = Math.max(newest, index - SIZE) + 1; i <= index; i++) {
      ring[place(i)] = new Sample();
    }
    newest = Math.max(newest, index);
  }

  private static int place(long index) {
    return Math.floorMod(index, SIZE);
  }
}
