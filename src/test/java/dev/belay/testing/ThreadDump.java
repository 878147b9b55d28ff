package dev.belay.testing;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;

/**
 * The stack traces of all threads of this JVM, and of the JVMs that it has started. Stateless, safe
 * for use by many threads.
 */
public final class ThreadDump {
  private ThreadDump() {}

  /**
   * Prints the threads of this JVM to {@code out}; each child prints its threads to its standard
   * error.
   */
  public static void print(PrintStream out) {
    StringBuilder text = new StringBuilder("every thread of process ");
    text.append(ProcessHandle.current().pid()).append('\n');
    for (ThreadInfo info : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
      // Not toString(), which prints only the first eight frames.
      text.append(info.toString().lines().findFirst().orElse(info.getThreadName())).append('\n');
      for (StackTraceElement frame : info.getStackTrace()) {
        text.append("  at ").append(frame).append('\n');
      }
    }
    out.println(text);
    ProcessHandle.current()
        .descendants()
        .filter(child -> child.info().command().orElse("").endsWith("java"))
        .forEach(child -> askForThreads(child, out));
    out.flush();
  }

  /**
   * Sends SIGQUIT, after which a JVM prints its threads; a {@link ChildJvm} prints them to standard
   * error.
   */
  private static void askForThreads(ProcessHandle child, PrintStream out) {
    try {
      new ProcessBuilder("kill", "-QUIT", Long.toString(child.pid())).start().waitFor();
    } catch (IOException e) {
      out.println("the threads of process " + child.pid() + " are not known: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
