package dev.belay.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A child's end of the line that {@link ChildJvm} holds. When the parent is gone, so is the child:
 * no test leaves a process behind, however it ends.
 *
 * <p>Talking is safe for use by many threads; listening belongs to one.
 */
public final class Parent {
  private static final int PARENT_IS_GONE = 3;

  private final BufferedReader input =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private final PrintStream output = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  /** Says {@code line}, which is on its way to the parent when this returns. */
  public synchronized void say(String line) {
    // One write for text and line end: a kill between two would leave half a line.
    output.print(line + "\n");
    output.flush();
  }

  /** The parent's next line. Waits for it; ends this JVM if the parent has gone. */
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

  /** Hands each of the parent's lines to {@code listener}, on a thread of its own. */
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

  /** Ends this JVM when the parent goes, for a child that has nothing to be told. */
  public void follow() {
    listen(line -> {});
  }
}
