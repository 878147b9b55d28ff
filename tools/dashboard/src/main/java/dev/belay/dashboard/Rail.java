package dev.belay.dashboard;

/** Draws the lines of one row of {@link Branches}. Stateless. */
final class Rail {
  /** More columns are drawn upon each other: 10. */
  private static final int COLUMNS_MAX = 10;

  private static final int STEP = 16;
  private static final int HEIGHT = 40;
  private static final int MIDDLE = HEIGHT / 2;

  private Rail() {}

  /**
   * Returns the drawing.
   *
   * @param place {@code leaf}, {@code history} or another word
   */
  static Html html(Branches.Row row, int columns, String place) {
    int width = Math.min(columns, COLUMNS_MAX) * STEP;
    Html html =
        Html.of(
            "<svg class=\"rails\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\""
                + " aria-hidden=\"true\">",
            width,
            HEIGHT,
            width,
            HEIGHT);
    for (int column : row.through()) {
      html.add("<path class=\"rail-line\" d=\"M{} 0V{}\"></path>", x(column), HEIGHT);
    }
    int x = x(row.column());
    switch (row.origin()) {
      case ROOT -> {}
      case ROW_ABOVE -> html.add("<path class=\"rail-line\" d=\"M{} 0V{}\"></path>", x, MIDDLE);
      case EARLIER_PAGE ->
          html.add("<path class=\"rail-line dashed\" d=\"M{} 0V{}\"></path>", x, MIDDLE);
    }
    for (int column : row.below()) {
      html.add(
          "<path class=\"rail-line\" d=\"M{} {}C{} {} {} {} {} {}\"></path>",
          x,
          MIDDLE,
          x,
          MIDDLE + 12,
          x(column),
          MIDDLE + 8,
          x(column),
          HEIGHT);
    }
    return html.add(
        "<circle class=\"rail-node {}\" cx=\"{}\" cy=\"{}\" r=\"{}\"></circle></svg>",
        place.equals("other branch") ? "off" : "on",
        x,
        MIDDLE,
        place.equals("leaf") ? "6" : "4");
  }

  private static int x(int column) {
    return Math.min(column, COLUMNS_MAX - 1) * STEP + STEP / 2;
  }
}
