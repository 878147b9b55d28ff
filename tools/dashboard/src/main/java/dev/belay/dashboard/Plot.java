package dev.belay.dashboard;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A curve of the last hour. Immutable.
 *
 * @param title what is plotted
 * @param value the value of one sample
 * @param unit how a value is written
 */
record Plot(String title, ToDoubleFunction<Sample> value, Unit unit) {
  private static final int HEIGHT = 100;

  /** How a value is written. Immutable. */
  enum Unit {
    PER_SECOND,
    NANOSECONDS;

    String text(double value) {
      if (this == NANOSECONDS) {
        return Show.millis((long) value);
      }
      String format = value == 0 || value >= 10 ? "%,.0f /s" : "%.1f /s";
      return String.format(Locale.ROOT, format, value);
    }
  }

  /** Returns a plot of a number of events for each second. */
  static Plot rate(String title, ToDoubleFunction<Sample> events) {
    double seconds = SampleRing.INTERVAL.toSeconds();
    return new Plot(title, sample -> events.applyAsDouble(sample) / seconds, Unit.PER_SECOND);
  }

  /** Returns a plot of a time. */
  static Plot time(String title, ToDoubleFunction<Sample> nanos) {
    return new Plot(title, nanos, Unit.NANOSECONDS);
  }

  double highest(List<Sample> samples) {
    return samples.stream().mapToDouble(value).max().orElse(0);
  }

  /**
   * Returns the figure; the first {@code unseen} samples are from before the process was watched.
   */
  Html html(List<Sample> samples, int unseen) {
    double highest = highest(samples);
    // The newest sample is not complete yet.
    double now = value.applyAsDouble(samples.get(samples.size() - 2));
    String summary =
        title + " over the last hour: now " + unit.text(now) + ", highest " + unit.text(highest);
    Html html =
        Html.of(
            "<figure class=\"plot\"><figcaption><span class=\"plot-title\">{}</span>"
                + "<span class=\"plot-now\">{}</span></figcaption>",
            title,
            unit.text(now));
    html.add(
        "<div class=\"plot-area\"><span class=\"plot-top\">{}</span>"
            + "<svg viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\" role=\"img\""
            + " aria-label=\"{}\">",
        highest == 0 ? "" : unit.text(highest),
        SampleRing.SIZE,
        HEIGHT,
        summary);
    if (unseen > 0) {
      html.add("<rect class=\"plot-unseen\" width=\"{}\" height=\"{}\"></rect>", unseen, HEIGHT);
    }
    String line = line(samples, unseen, highest == 0 ? 1 : highest);
    html.add(
        "<path class=\"plot-fill\" d=\"M{} {}{}V{}Z\"></path><path class=\"plot-line\" d=\"M{} {}{}\">"
            + "</path></svg></div>",
        unseen,
        HEIGHT,
        line,
        HEIGHT,
        unseen,
        HEIGHT,
        line);
    return html.add(
        "<div class=\"plot-axis\" aria-hidden=\"true\"><span>60 min ago</span><span>30 min</span>"
            + "<span>now</span></div></figure>");
  }

  private String line(List<Sample> samples, int unseen, double highest) {
    StringBuilder line = new StringBuilder();
    double before = Double.NaN;
    for (int i = unseen; i < samples.size(); i++) {
      double now = value.applyAsDouble(samples.get(i));
      if (now != before) { // a step at each change keeps the page small
        line.append('H').append(i);
        line.append(String.format(Locale.ROOT, "V%.1f", HEIGHT - now / highest * (HEIGHT - 6)));
        before = now;
      }
    }
    return line.append('H').append(samples.size()).toString();
  }
}
