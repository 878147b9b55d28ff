package dev.belay.benchmarks.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Lines over a few columns, as SVG. Immutable.
 *
 * <p>Written by hand: Java's own drawing needs fonts of the machine even for this, and a server has
 * none. Each point is what the rounds say, the whisker behind it goes from the least to the most.
 */
record Chart(
    String title,
    String subtitle,
    String across,
    String up,
    boolean logarithmic,
    List<Panel> panels) {
  // Told apart by who sees no red or no green, too; Belay's line is the first.
  private static final List<String> COLOURS =
      List.of("#0072b2", "#444444", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00");

  private static final int LEFT = 78;
  private static final int TOP = 96;
  private static final int PANEL_WIDTH = 300;
  private static final int PANEL_HEIGHT = 300;
  private static final int GAP = 26;
  private static final int LEGEND_KEY = 32;

  /** Wide: what a letter takes in any sans-serif, since nothing here can measure one. */
  private static final int LETTER_WIDTH = 8;

  private static final int BOTTOM = 60;

  /**
   * The picture.
   *
   * @param peers the order of the legend and of the colours
   */
  String svg(List<String> peers) {
    int panelsWidth = panels.size() * (PANEL_WIDTH + GAP);
    int letters = peers.stream().mapToInt(String::length).max().orElse(0);
    int legendWidth = LEGEND_KEY + letters * LETTER_WIDTH;
    Svg svg = new Svg(LEFT + panelsWidth + legendWidth, TOP + PANEL_HEIGHT + BOTTOM);
    svg.text(LEFT, 28, "start", 18, title);
    svg.text(LEFT, 48, "start", 12, subtitle);
    Scale scale = scale();
    for (double tick : scale.ticks()) {
      svg.text(LEFT - 8, y(scale, tick) + 4, "end", 12, number(tick));
    }
    svg.text(8, TOP - 14, "start", 12, logarithmic ? up + " (logarithmic)" : up);
    for (int i = 0; i < panels.size(); i++) {
      panel(svg, panels.get(i), LEFT + i * (PANEL_WIDTH + GAP), scale, peers);
    }
    for (int i = 0; i < peers.size(); i++) {
      double y = TOP + 14 + i * 22;
      double x = LEFT + panelsWidth;
      svg.line(x, y, x + 24, y, colour(i), i == 0 ? 3 : 1.8);
      svg.dot(x + 12, y, colour(i));
      svg.text(x + LEGEND_KEY, y + 4, "start", 12, peers.get(i));
    }
    return svg.end();
  }

  private void panel(Svg svg, Panel panel, double left, Scale scale, List<String> peers) {
    for (double tick : scale.ticks()) {
      svg.line(left, y(scale, tick), left + PANEL_WIDTH, y(scale, tick), "#dddddd", 1);
    }
    svg.text(left + PANEL_WIDTH / 2.0, TOP - 14, "middle", 13, panel.title());
    for (String column : panel.columns()) {
      svg.text(x(panel, left, column), TOP + PANEL_HEIGHT + 18, "middle", 12, column);
    }
    svg.text(left + PANEL_WIDTH / 2.0, TOP + PANEL_HEIGHT + 40, "middle", 12, across);
    // the first, Belay, is drawn last: on top
    for (int i = peers.size() - 1; i >= 0; i--) {
      Map<String, Spread> line = panel.lines().getOrDefault(peers.get(i), Map.of());
      line(svg, panel, line, left, scale, colour(i), i == 0 ? 3 : 1.8);
    }
  }

  private static void line(
      Svg svg,
      Panel panel,
      Map<String, Spread> line,
      double left,
      Scale scale,
      String colour,
      double width) {
    double lastX = Double.NaN;
    double lastY = Double.NaN;
    for (String column : panel.columns()) {
      Spread figure = line.get(column);
      if (figure == null) {
        continue;
      }
      double x = x(panel, left, column);
      double y = y(scale, figure.value());
      svg.line(x, y(scale, figure.min()), x, y(scale, figure.max()), colour, 1);
      svg.dot(x, y, colour);
      if (!Double.isNaN(lastX)) {
        svg.line(lastX, lastY, x, y, colour, width);
      }
      lastX = x;
      lastY = y;
    }
  }

  private Scale scale() {
    double[] values =
        panels.stream()
            .flatMap(Panel::figures)
            .flatMapToDouble(figure -> DoubleStream.of(figure.min(), figure.max()))
            .filter(value -> value > 0)
            .toArray();
    double max = DoubleStream.of(values).max().orElse(1);
    return logarithmic
        ? Scale.logarithmic(DoubleStream.of(values).min().orElse(0.1), max)
        : Scale.linear(max);
  }

  private static double x(Panel panel, double left, String column) {
    double step = PANEL_WIDTH / (double) panel.columns().size();
    return left + step * (panel.columns().indexOf(column) + 0.5);
  }

  private static double y(Scale scale, double value) {
    return TOP + PANEL_HEIGHT * (1 - scale.at(value));
  }

  private static String colour(int index) {
    return COLOURS.get(index % COLOURS.size());
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,.0f", value)
        : Double.toString(value);
  }
}
