package dev.belay.benchmarks.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A child's line to its parent. When the parent has gone the child ends at once, in the middle of
 * what it does. Belongs to the main thread.
 */
public final class ParentLine {
  private static final int PARENT_HAS_GONE = 3;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final PrintStream out;

  private ParentLine(PrintStream out) {
    this.out = out;
  }

  /** Keeps standard output for this line; what else is printed goes to standard error. */
  public static ParentLine takeOver() {
    ParentLine line = new ParentLine(System.out);
    System.setOut(System.err);
    Thread listener = new Thread(line::listen, "parent");
    listener.setDaemon(true);
    listener.start();
    return line;
  }

  /** Says a line. */
  public void say(String text) {
    out.println(text);
    out.flush();
  }

  /** The next line, waited for. */
  public String hear() {
    try {
      return heard.take();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while listening to the parent", e);
    }
  }

  /** Waits for the next line, which must be {@code text}. */
  public void expect(String text) {
    String line = hear();
    if (!line.equals(text)) {
      throw new IllegalStateException("the parent said '" + line + "', not '" + text + "'");
    }
  }

  private void listen() {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        heard.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Runtime.getRuntime().halt(PARENT_HAS_GONE);
    }
  }
}
