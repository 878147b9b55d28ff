package dev.belay.replay;

import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A place in the crew. The process that sits in it changes whenever one is killed; what all of them
 * have done is added up. Safe for use by many threads; the verbs that strike belong to one.
 */
final class AgentSeat implements AutoCloseable {
  private static final int KILLED = 137;

  private final String database;
  private final Path folder;
  private final int number;

  private ChildJvm child;
  private Thread reader;
  private int starts;
  private boolean heard;
  private boolean stopped;
  private AgentStatus done = AgentStatus.NONE;
  private AgentStatus current = AgentStatus.NONE;
  private final List<String> differences = new ArrayList<>();

  /** Starts the first process. */
  AgentSeat(String database, Path folder, int number) {
    this.database = database;
    this.folder = folder;
    this.number = number;
    this.child = start();
    this.reader = read(child);
  }

  /** What the processes of this seat have done, as far as they could tell. */
  synchronized AgentStatus status() {
    return done.plus(current);
  }

  /** What they have seen that must not be, each as a sentence about one turn. */
  synchronized List<String> differences() {
    return List.copyOf(differences);
  }

  /** Whether a process of this seat is there, and can be given work. */
  synchronized boolean isReady() {
    return heard;
  }

  /** Whether the present process has begun to work and goes on working. */
  synchronized boolean isAtWork() {
    return child.isAlive() && current.get(Count.TURNS) > 0;
  }

  /** Whether the process stands at the moment that it was told to stop at. */
  synchronized boolean isStopped() {
    return stopped;
  }

  /** Whether the process has ended by itself and all that it said is known. */
  synchronized boolean isFinished() {
    return !child.isAlive() && !reader.isAlive();
  }

  /** Has the process stop at {@code moment} in one of the next turns. */
  void stopAt(Moment moment) {
    child.send(moment.name());
  }

  /**
   * Kills the process where it stands and starts another one. Returns when all that the killed one
   * has said is known.
   *
   * @return whether the kill met a process that was still running
   */
  boolean kill() throws InterruptedException {
    child.kill();
    reader.join();
    if (child.awaitExit() != KILLED) {
      return false;
    }
    child.close();
    synchronized (this) {
      done = done.plus(current);
      current = AgentStatus.NONE;
      stopped = false;
      heard = false;
      child = start();
      reader = read(child);
    }
    return true;
  }

  /** Freezes the process, which stands at its moment. */
  void freeze() {
    child.freeze();
  }

  /** Has the frozen process go on, as if no time had passed. */
  synchronized void thaw() {
    stopped = false;
    child.thaw();
    child.send(Agent.GO_ON);
  }

  /** Lets the process end. */
  void finish() {
    child.send(Agent.FINISH);
  }

  /** The exit status of the process, which has finished. */
  synchronized int exitStatus() {
    return child.awaitExit();
  }

  @Override
  public void close() {
    child.close();
  }

  private ChildJvm start() {
    starts++;
    long seed = 1000L * number + starts;
    return ChildCommand.of(Agent.class, database, folder, number, seed)
        .withJvmOptions("-Xshare:auto", "-XX:+UseSerialGC", "-Xmx512m")
        .start();
  }

  private Thread read(ChildJvm source) {
    Thread thread =
        new Thread(
            () -> {
              Optional<String> line = source.nextLine();
              while (line.isPresent()) {
                hear(line.get());
                line = source.nextLine();
              }
            },
            "agent-" + number);
    thread.start();
    return thread;
  }

  private synchronized void hear(String line) {
    heard = true;
    if (line.equals(Agent.STOPPED)) {
      stopped = true;
    } else if (line.startsWith(Agent.DIFFERENCE)) {
      differences.add(line.substring(Agent.DIFFERENCE.length()));
    } else {
      current = AgentStatus.ofLine(line);
    }
  }
}
