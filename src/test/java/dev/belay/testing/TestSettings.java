package dev.belay.testing;

import dev.belay.sqlite.OpenSettings;
import dev.belay.store.Durability;
import java.time.InstantSource;
import java.util.Map;

/** Settings of stores that tests open below {@code Belay}. Stateless. */
public final class TestSettings {
  private static final int READERS = 4;

  private TestSettings() {}

  /** The defaults of {@code BelayOptions}, but for the arguments. */
  public static OpenSettings of(int busyTimeoutMs, InstantSource clock) {
    return of(busyTimeoutMs, clock, TestOptions.commitGroupMax());
  }

  /** The defaults of {@code BelayOptions}, but for the arguments. */
  public static OpenSettings of(int busyTimeoutMs, InstantSource clock, int commitGroupMax) {
    return of(busyTimeoutMs, clock, commitGroupMax, READERS);
  }

  /** The defaults of {@code BelayOptions}, but for the arguments. */
  public static OpenSettings of(
      int busyTimeoutMs, InstantSource clock, int commitGroupMax, int readers) {
    return new OpenSettings(
        busyTimeoutMs,
        Durability.PROCESS_CRASH,
        clock,
        commitGroupMax,
        Map.of(),
        jdbi -> {},
        connection -> {},
        readers,
        true,
        false,
        null,
        null);
  }
}
