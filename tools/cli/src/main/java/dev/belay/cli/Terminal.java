package dev.belay.cli;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a command reads from and writes to. Belongs to the thread that runs the command.
 *
 * @param in what is piped or typed in
 * @param out receives data, in UTF-8
 * @param err receives progress, questions and errors
 * @param isTerminal whether a person sees both and can answer
 * @param environment the environment of the process
 */
record Terminal(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean isTerminal,
    Map<String, String> environment) {

  /** Returns the terminal of this process. */
  static Terminal ofProcess() {
    return new Terminal(
        System.in,
        data(new FileOutputStream(FileDescriptor.out)), // System.out would hide its failures
        new PrintStream(System.err, false, StandardCharsets.UTF_8),
        isConsole(),
        System.getenv());
  }

  /** Returns {@code stream} for data; see {@link StandardOutput}. */
  static PrintStream data(OutputStream stream) {
    return new PrintStream(
        new BufferedOutputStream(new StandardOutput(stream)), false, StandardCharsets.UTF_8);
  }

  /** From JDK 22 on there is always a console, which then says whether it is a terminal. */
  private static boolean isConsole() {
    if (System.console() == null) {
      return false;
    }
    try {
      Method isTerminal = java.io.Console.class.getMethod("isTerminal");
      return (boolean) isTerminal.invoke(System.console());
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns whether to colour: on a terminal, unless {@code NO_COLOR} says no. */
  boolean hasColour() {
    return isTerminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** Returns {@code text} in bold, where there is colour. */
  String bold(String text) {
    return hasColour() ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  /** Asks a question and returns whether the answer is yes. */
  boolean isAnsweredYes(String question) throws IOException {
    err.print(question + " [y/N] ");
    err.flush();
    BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    String answer = reader.readLine();
    return answer != null && answer.strip().toLowerCase(java.util.Locale.ROOT).matches("y|yes");
  }
}
