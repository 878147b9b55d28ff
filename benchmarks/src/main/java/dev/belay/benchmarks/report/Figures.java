package dev.belay.benchmarks.report;

/** Adds the figures of one peer in one round of one setting. Belongs to one thread. */
public record Figures(Samples samples, String question, String setting, String peer, int round) {
  private static final double NANOS_PER_MS = 1e6;

  /** Adds one. */
  public void add(String metric, String unit, double value) {
    samples.add(new Sample(question, setting, peer, metric, unit, round, value));
  }

  /** Adds a time, in milliseconds. */
  public void addNanos(String metric, double nanos) {
    add(metric, "ms", nanos / NANOS_PER_MS);
  }
}
