package dev.belay.benchmarks.report;

import java.util.Collection;
import java.util.Locale;

/**
 * What the rounds say of one figure, and both ends. Immutable.
 *
 * @param value the middle of the rounds, or of what is a maximum the largest
 */
record Spread(double value, double min, double max) {
  static Spread of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** The same ends, with another value. */
  Spread withValue(double other) {
    return new Spread(other, min, max);
  }

  /** As a ratio: {@code 1.62 [1.58–1.66]}. */
  String asRatio() {
    return String.format(Locale.ROOT, "%.2f [%.2f–%.2f]", value, min, max);
  }

  /** Three digits that count, or all before the point. */
  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 || size == 0 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, size > 0 && size < 0.1 ? "%.4f" : format, value);
  }
}
