package dev.belay.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Data for standard output: tables for people, or JSON Lines. Belongs to the thread that runs the
 * command.
 */
final class Output {
  private static final String INDENT = "    ";

  private final Terminal terminal;
  private final boolean json;

  Output(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  Terminal terminal() {
    return terminal;
  }

  boolean isJson() {
    return json;
  }

  /**
   * Begins a list of rows. A table shows these columns, with their names as its heading; JSON has
   * all values.
   */
  Listing listing(String... columns) {
    return new Listing(this, List.of(columns));
  }

  /** Writes one thing with all its values. */
  void show(Row row) {
    if (json) {
      writeJson(row);
    } else {
      for (Map.Entry<String, Object> entry : row.entries()) {
        if (!entry.getKey().equals("kind") && entry.getValue() != null) {
          println(terminal.bold(entry.getKey() + ":") + text(entry.getValue().toString()));
        }
      }
    }
    flush(); // what follows may take long, as serving a dashboard
  }

  private static String text(String value) {
    return value.contains("\n") ? "\n" + Shown.block(value, INDENT) : " " + Shown.line(value);
  }

  /** Tells people that something was done; programs have the exit code. */
  void say(String sentence) {
    if (!json) {
      println(Shown.line(sentence));
      flush();
    }
  }

  void writeJson(Row row) {
    try {
      Json.write(terminal.out(), row);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void println(String line) {
    terminal.out().print(line);
    terminal.out().print('\n');
  }

  void flush() {
    terminal.out().flush();
  }

  /** Returns whether the reader has gone, as after {@code head}. */
  boolean isClosed() {
    return terminal.out().checkError();
  }
}
