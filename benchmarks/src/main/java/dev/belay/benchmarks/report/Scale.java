package dev.belay.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a value stands between the bottom of a chart, 0, and its top, 1. Immutable.
 *
 * @param ticks values to draw a line at, ascending, from the bottom to the top
 */
record Scale(boolean logarithmic, List<Double> ticks) {
  /** From 0 to a round number above {@code max}, in at most seven steps. */
  static Scale linear(double max) {
    double magnitude = Math.pow(10, Math.floor(Math.log10(max)));
    double step = magnitude / 5;
    for (double each : new double[] {magnitude / 2, magnitude, magnitude * 2}) {
      if (max / step > 6) {
        step = each;
      }
    }
    List<Double> ticks = new ArrayList<>(List.of(0.0));
    for (int i = 1; ticks.get(ticks.size() - 1) < max; i++) {
      ticks.add(i * step);
    }
    return new Scale(false, List.copyOf(ticks));
  }

  /** From the power of ten below {@code min} to the one above {@code max}. */
  static Scale logarithmic(double min, double max) {
    int bottom = (int) Math.floor(Math.log10(min));
    int top = Math.max(bottom + 1, (int) Math.ceil(Math.log10(max)));
    List<Double> ticks = new ArrayList<>();
    for (int power = bottom; power <= top; power++) {
      ticks.add(Math.pow(10, power));
    }
    return new Scale(true, List.copyOf(ticks));
  }

  double at(double value) {
    double bottom = stretched(ticks.get(0));
    double top = stretched(ticks.get(ticks.size() - 1));
    return (stretched(Math.max(value, ticks.get(0))) - bottom) / (top - bottom);
  }

  private double stretched(double value) {
    return logarithmic ? Math.log10(value) : value;
  }
}
