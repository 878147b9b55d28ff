package dev.belay.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;

/** The program. Stateless, safe for use by many threads. */
public final class Main {
  /** What people do on the pages; a logger without a reference forgets its level. */
  private static final Logger DASHBOARD = Logger.getLogger("dev.belay.dashboard");

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String... args) {
    logWarnings();
    System.exit(run(Terminal.ofProcess(), args));
  }

  static int run(Terminal terminal, String... args) {
    int exit = commandLine(terminal).execute(args);
    try {
      terminal.out().flush();
    } catch (UncheckedIOException e) {
      exit = exit == Exit.DONE ? new Failures(terminal).failed(e) : exit;
    }
    terminal.err().flush();
    return exit;
  }

  static CommandLine commandLine(Terminal terminal) {
    Failures failures = new Failures(terminal);
    Ansi ansi = terminal.hasColour() ? Ansi.ON : Ansi.OFF;
    return new CommandLine(new BelayCommand(terminal))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Duration.class, new Durations())
        .setColorScheme(new ColorScheme.Builder(CommandLine.Help.defaultColorScheme(ansi)).build())
        .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler(failures::wrongCommandLine)
        .setExecutionExceptionHandler((e, command, parsed) -> failures.failed(e));
  }

  /** Warnings, and what is done on the dashboard, each as one line on standard error. */
  private static void logWarnings() {
    ConsoleHandler handler = new ConsoleHandler();
    handler.setFormatter(new OneLine());
    Logger root = Logger.getLogger("");
    for (var other : root.getHandlers()) {
      root.removeHandler(other);
    }
    root.addHandler(handler);
    root.setLevel(Level.WARNING);
    DASHBOARD.setLevel(Level.INFO);
  }

  /** A message without its stack trace. Stateless, safe for use by many threads. */
  private static final class OneLine extends Formatter {
    @Override
    public String format(LogRecord logged) {
      return "belay: " + Shown.line(formatMessage(logged)) + "\n";
    }
  }
}
