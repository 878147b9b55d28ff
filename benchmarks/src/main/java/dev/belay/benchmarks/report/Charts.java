package dev.belay.benchmarks.report;

import java.io.IOException;
import java.nio.file.Path;

/** Draws the charts of a run. Stateless. */
public final class Charts {
  private Charts() {}

  /** Writes them into {@code folder}, over what was there. */
  public static void draw(Results results, Path folder) throws IOException {}
}
