package dev.belay.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All that a run has found, and where: enough to draw its table and charts again. Immutable.
 *
 * @param date the day, as in 2026-11-20
 * @param bases the base peer of each question
 * @param growth the factor of each step of the questions about growth; none in files of before
 */
public record Results(
    String date,
    String effort,
    int rounds,
    Machine machine,
    Map<String, String> versions,
    Map<String, String> bases,
    List<Sample> samples,
    List<GrowthStep> growth) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Of a file without growth, Jackson hands over null. */
  public Results {
    growth = growth == null ? List.of() : List.copyOf(growth);
  }

  /** Reads what {@link #write} wrote. */
  public static Results read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), Results.class);
  }

  /** Writes it as JSON, over what was there. */
  public void write(Path file) throws IOException {
    JSON.writeValue(file.toFile(), this);
  }
}
