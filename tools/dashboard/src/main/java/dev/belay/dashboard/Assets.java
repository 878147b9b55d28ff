package dev.belay.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The files that the pages use, from the jar. Stateless, safe for use by many threads. */
final class Assets {
  private Assets() {}

  /** Returns the text of an asset whose name is a constant of {@link BelayDashboard}. */
  static String text(String path) {
    try (InputStream in =
        Objects.requireNonNull(Assets.class.getResourceAsStream(path.substring(1)), path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
