package dev.belay.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a run has measured so far. Safe for use by many threads. */
public final class Samples {
  private final List<Sample> samples = new ArrayList<>();

  public synchronized void add(Sample sample) {
    samples.add(sample);
    System.out.printf(
        Locale.ROOT,
        "  %-12s %-40s %-22s %-14s %,14.3f %s%n",
        sample.question(),
        sample.setting(),
        sample.peer(),
        sample.metric(),
        sample.value(),
        sample.unit());
  }

  public synchronized List<Sample> all() {
    return List.copyOf(samples);
  }
}
