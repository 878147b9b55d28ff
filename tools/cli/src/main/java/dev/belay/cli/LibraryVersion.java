package dev.belay.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** The version of the command line. Stateless, safe for use by many threads. */
final class LibraryVersion implements IVersionProvider {
  /** Returns the version. The manifest has none: it would be that of every library in the jar. */
  static String text() {
    try (InputStream version = LibraryVersion.class.getResourceAsStream("version.txt")) {
      return version == null
          ? "unpacked"
          : new String(version.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {"belay " + text()};
  }
}
