package dev.belay.benchmarks.report;

import java.util.Locale;

/** Writes a picture, element by element. Belongs to one thread. */
final class Svg {
  private final StringBuilder out = new StringBuilder();

  Svg(int width, int height) {
    out.append(
        String.format(
            Locale.ROOT,
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" \
            height="%2$d" font-family="sans-serif" fill="#222222">
            <rect width="100%%" height="100%%" fill="#ffffff"/>
            """,
            width,
            height));
  }

  void line(double x1, double y1, double x2, double y2, String colour, double width) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>",
        x1, y1, x2, y2, colour, width);
  }

  void dot(double x, double y, String colour) {
    add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", x, y, colour);
  }

  /** Text whose baseline is at {@code y}; {@code anchor} is start, middle or end. */
  void text(double x, double y, String anchor, int size, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\">%s</text>",
        x, y, anchor, size, escaped);
  }

  private void add(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  /** The whole picture. */
  String end() {
    return out + "</svg>\n";
  }
}
