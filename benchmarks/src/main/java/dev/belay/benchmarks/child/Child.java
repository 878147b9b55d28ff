package dev.belay.benchmarks.child;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A running process, talked to in lines over its standard input and output, and killed on close.
 * Belongs to one thread.
 */
public final class Child implements AutoCloseable {
  /** Catches what hangs; far above what anything here takes. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String name;
  private final Process process;
  private final BufferedWriter in;
  private final BlockingQueue<Optional<String>> said = new LinkedBlockingQueue<>();

  /** Starts it; {@code name} is what failures call it. */
  public Child(String name, ProcessBuilder command) throws IOException {
    this.process = command.start();
    this.name = name + " (process " + process.pid() + ")";
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    Thread listener = new Thread(this::listen, this.name);
    listener.setDaemon(true);
    listener.start();
  }

  /** Says a line. */
  public void say(String line) {
    try {
      in.write(line);
      in.newLine();
      in.flush();
    } catch (IOException e) {
      throw new IllegalStateException(name + " does not listen: " + howItIs(), e);
    }
  }

  /**
   * The rest of the next line, which must begin with {@code word}.
   *
   * @param expected how long the child works before it says so
   */
  public String hear(String word, Duration expected) throws InterruptedException {
    Duration wait = expected.plus(PATIENCE);
    Optional<String> line = said.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
    if (line == null) {
      throw new IllegalStateException(name + " has not said '" + word + "' within " + wait);
    }
    if (line.isEmpty()) {
      throw new IllegalStateException(
          name + " ended before it said '" + word + "': " + howItIs() + ", see standard error");
    }
    if (!line.get().startsWith(word)) {
      throw new IllegalStateException(name + " said '" + line.get() + "', not '" + word + "'");
    }
    return line.get().substring(word.length()).trim();
  }

  /** Fails unless both processes read one clock, which {@link System#nanoTime} does not promise. */
  public void requireSameClock() throws InterruptedException {
    long before = System.nanoTime();
    say("clock");
    long there = Long.parseLong(hear("clock", Duration.ZERO));
    if (there - before < 0 || System.nanoTime() - there < 0) {
      throw new IllegalStateException(
          "nanoTime is not one clock for all processes of this machine");
    }
  }

  /** Lets the child end, which then hears {@code end}, and fails if it does not end well. */
  public void end() throws InterruptedException {
    say("end");
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(name + " has not ended within " + PATIENCE);
    }
    if (process.exitValue() != 0) {
      throw new IllegalStateException(name + " failed: " + howItIs() + ", see standard error");
    }
  }

  private String howItIs() {
    try {
      boolean ended = process.waitFor(1, TimeUnit.SECONDS);
      return ended ? "exit code " + process.exitValue() : "it still runs";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted while looking";
    }
  }

  private void listen() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        said.add(Optional.of(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("lost what " + name + " says", e);
    } finally {
      said.add(Optional.empty());
    }
  }

  /** Kills the process if it still runs. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
