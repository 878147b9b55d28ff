package dev.belay.benchmarks.report;

import java.util.Collection;
import java.util.Locale;

/** What the rounds say of one figure: the middle and both ends. Immutable. */
record Spread(double median, double min, double max) {
  static Spread of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** As a ratio: {@code 1.62 [1.58–1.66]}. */
  String asRatio() {
    return String.format(Locale.ROOT, "%.2f [%.2f–%.2f]", median, min, max);
  }

  /** Three digits that count, or all before the point. */
  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 || size == 0 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, size > 0 && size < 0.1 ? "%.4f" : format, value);
  }
}
