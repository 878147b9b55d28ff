package dev.belay.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rows below each other, in constant memory: the first hundred decide how wide the columns of a
 * table are. Belongs to the thread that runs the command.
 */
final class Listing implements AutoCloseable {
  private static final int MEASURED = 100;

  private final Output output;
  private final List<String> columns;
  private final List<Row> measured = new ArrayList<>();
  private int[] widths;

  Listing(Output output, List<String> columns) {
    this.output = output;
    this.columns = columns;
  }

  void add(Row row) {
    if (output.isJson()) {
      output.writeJson(row);
    } else if (widths != null) {
      print(row);
    } else {
      measured.add(row);
      if (measured.size() == MEASURED) {
        begin();
      }
    }
  }

  /** Returns whether the reader has gone. */
  boolean isClosed() {
    return output.isClosed();
  }

  private void begin() {
    widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      String column = columns.get(i);
      widths[i] =
          Math.max(
              column.length(),
              measured.stream().mapToInt(row -> length(cell(row, column))).max().orElse(0));
    }
    output.println(output.terminal().bold(heading()));
    measured.forEach(this::print);
    measured.clear();
  }

  private String heading() {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      append(line, i, columns.get(i).toUpperCase(Locale.ROOT), false);
    }
    return line.toString().stripTrailing();
  }

  private void print(Row row) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      Object value = row.value(columns.get(i));
      append(line, i, cell(row, columns.get(i)), value instanceof Number);
    }
    output.println(line.toString().stripTrailing());
  }

  private void append(StringBuilder line, int column, String cell, boolean toTheRight) {
    String space = " ".repeat(Math.max(0, widths[column] - length(cell)));
    line.append(column == 0 ? "" : "  ").append(toTheRight ? space + cell : cell + space);
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  private static String cell(Row row, String column) {
    Object value = row.value(column);
    if (value == null) {
      return "-";
    }
    return value instanceof Instant at
        ? at.truncatedTo(ChronoUnit.SECONDS).toString()
        : Shown.line(value.toString());
  }

  /** Ends the list. An empty table is nothing at all. */
  @Override
  public void close() {
    if (!measured.isEmpty()) {
      begin();
    }
    output.flush();
  }
}
