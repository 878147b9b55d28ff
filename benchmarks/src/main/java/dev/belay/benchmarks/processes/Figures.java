package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.report.Sample;
import dev.belay.benchmarks.report.Samples;

/** Adds the figures of one peer in one round of one setting. Belongs to one thread. */
record Figures(Samples samples, String question, String setting, String peer, int round) {
  void add(String metric, String unit, double value) {
    samples.add(new Sample(question, setting, peer, metric, unit, round, value));
  }
}
