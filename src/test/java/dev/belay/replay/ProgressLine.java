package dev.belay.replay;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/**
 * Says about once a second how far the job is: in one line that is rewritten on a terminal, in
 * lines below each other elsewhere. Belongs to the thread that made it.
 */
final class ProgressLine {
  private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

  private final PrintStream out;
  private final boolean terminal;
  private long nextNs = System.nanoTime() + INTERVAL_NS;
  private int width;

  ProgressLine(PrintStream out) {
    this.out = out;
    this.terminal = isTerminal();
  }

  /** Shows {@code text}, if it is time to say something. */
  void show(String text) {
    if (System.nanoTime() < nextNs) {
      return;
    }
    nextNs += INTERVAL_NS;
    if (terminal) {
      // Padded, else the end of a longer line before would stay.
      out.print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
      out.flush();
      width = text.length();
    } else {
      out.println(text);
    }
  }

  /** Leaves the line as it is, so that others can be written below it. */
  void end() {
    if (width > 0) {
      out.println();
      width = 0;
    }
  }

  /** Asks the system: {@code System.console()} answers differently in every other JDK. */
  private static boolean isTerminal() {
    try {
      return new ProcessBuilder("test", "-t", "1").inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false; // a system without this command; lines below each other are good everywhere
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
