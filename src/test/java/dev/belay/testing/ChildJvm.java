package dev.belay.testing;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A child JVM, which exchanges lines with this JVM over its standard input and output. Its standard
 * error goes to that of this JVM. Its main class uses {@link Parent}, so that it ends when this JVM
 * ends.
 *
 * <p>Safe for use by many threads; each line is read by one of them.
 */
public final class ChildJvm implements AutoCloseable {
  /** The maximum time for which a reader waits for a child. */
  public static final Duration PATIENCE = Patience.LIMIT;

  private final String name;
  private final Process process;
  private final Path scratch;
  private final BufferedWriter input;
  private final BlockingQueue<Optional<String>> output = new LinkedBlockingQueue<>();

  ChildJvm(String name, Process process, Path scratch) {
    this.name = name + " (process " + process.pid() + ")";
    this.process = process;
    this.scratch = scratch;
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    // Always draining: a child that waits for its reader would stop at the wrong places.
    Thread drain = new Thread(this::drainOutput, "child-" + process.pid());
    drain.setDaemon(true);
    drain.start();
  }

  /** Returns the id of the process. */
  public long pid() {
    return process.pid();
  }

  /** Sends {@code line} to the child. */
  public void send(String line) {
    try {
      synchronized (input) {
        input.write(line);
        input.write('\n');
        input.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name + " does not listen any more", e);
    }
  }

  /** Waits for the next line of the child and returns it; empty after its last line. */
  public Optional<String> nextLine() {
    try {
      Optional<String> line = output.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        ThreadDump.print(System.err);
        throw new IllegalStateException(name + " has said nothing for " + PATIENCE);
      }
      if (line.isEmpty()) {
        output.add(line); // the end stays in the queue for the next caller
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + name, e);
    }
  }

  /** Returns whether there is an unread line of the child, or its end. Does not wait. */
  public boolean hasSaidMore() {
    return !output.isEmpty();
  }

  /** Returns the next line of the child, which must not have ended. */
  public String readLine() {
    return nextLine().orElseThrow(() -> new IllegalStateException(name + " has ended"));
  }

  /** Reads the next line, which must be {@code expected}. */
  public void expect(String expected) {
    String line = readLine();
    if (!line.equals(expected)) {
      throw new IllegalStateException(name + " said '" + line + "', not '" + expected + "'");
    }
  }

  /** Sends {@code line} and returns the answer. */
  public String ask(String line) {
    send(line);
    return readLine();
  }

  /** Returns the remaining lines of the child until its end. */
  public List<String> remainingLines() {
    List<String> lines = new ArrayList<>();
    for (Optional<String> line = nextLine(); line.isPresent(); line = nextLine()) {
      lines.add(line.get());
    }
    return lines;
  }

  /** Kills the child as {@code kill -9} does, and waits until it has ended. */
  public void kill() {
    // Not through the Process: that would close the pipe with the child's last lines unread.
    process.toHandle().destroyForcibly();
    awaitExit();
  }

  /** Freezes the child (SIGSTOP): it keeps its locks and does nothing. */
  public void freeze() {
    signal("STOP");
  }

  /** Lets a frozen child continue (SIGCONT), as if no time had passed. */
  public void thaw() {
    signal("CONT");
  }

  /** Waits until the child has ended and returns its exit status; 137 if it was killed. */
  public int awaitExit() {
    try {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        ThreadDump.print(System.err);
        throw new IllegalStateException(name + " has not ended within " + PATIENCE);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the end of " + name, e);
    }
  }

  /** Returns whether the child runs, even if it is frozen. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Kills the child if it still runs, and deletes its scratch directory. */
  @Override
  public void close() {
    kill();
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return; // closed before
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void signal(String signal) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill -" + signal + " did not reach " + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while signalling " + name, e);
    }
  }

  private void drainOutput() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        output.add(Optional.of(line));
      }
    } catch (IOException e) {
      output.add(Optional.of("lost the output of " + name + ": " + e));
    } finally {
      output.add(Optional.empty());
    }
  }
}
