package dev.belay.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * The child's end of the connection to the {@link ChildJvm} of its parent. The child ends when the
 * parent has ended, so that no test leaves a process behind.
 *
 * <p>Sending is safe for use by many threads; receiving belongs to one.
 */
public final class Parent {
  private static final int PARENT_IS_GONE = 3;

  private final BufferedReader input =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private final PrintStream output = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  /** Sends {@code line} to the parent. It is written when this method returns. */
  public synchronized void say(String line) {
    // One write for text and line end: a kill between two would leave half a line.
    output.print(line + "\n");
    output.flush();
  }

  /** Waits for the parent's next line and returns it. Ends this JVM if the parent has ended. */
  public String hear() {
    try {
      String line = input.readLine();
      if (line == null) {
        Runtime.getRuntime().halt(PARENT_IS_GONE);
        throw new IllegalStateException("halted");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Passes each line of the parent to {@code listener}, on a thread of its own. */
  public void listen(Consumer<String> listener) {
    Thread thread =
        new Thread(
            () -> {
              while (true) {
                listener.accept(hear());
              }
            },
            "parent");
    thread.setDaemon(true);
    thread.start();
  }

  /** Ends this JVM when the parent ends, for a child that receives no lines. */
  public void follow() {
    listen(line -> {});
  }
}
