package dev.belay.testing;

import dev.belay.BelayOptions;
import dev.belay.sqlite.OpenSettings;
import java.time.Duration;
import java.time.InstantSource;

/** Settings of stores that tests open below {@code Belay}. Stateless. */
public final class TestSettings {
  private TestSettings() {}

  /** Returns the settings of the suite's options with another clock and busy timeout. */
  public static OpenSettings of(int busyTimeoutMs, InstantSource clock) {
    return of(busyTimeoutMs, TestOptions.defaults().withClock(clock));
  }

  /** Returns the settings of {@code options} with another busy timeout. */
  public static OpenSettings of(int busyTimeoutMs, BelayOptions options) {
    return OpenSettings.of(options, Duration.ofMillis(busyTimeoutMs));
  }
}
