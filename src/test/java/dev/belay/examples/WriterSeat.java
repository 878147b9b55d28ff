package dev.belay.examples;

import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A place in the crew. The process that sits in it changes whenever one is killed; what all of them
 * have done is added up. Safe for use by many threads; {@link #kill} and {@link #stopAfter} belong
 * to one.
 */
final class WriterSeat implements AutoCloseable {
  private static final int KILLED = 137;

  private final Path database;
  private final Path folder;
  private final int number;

  private ChildJvm child;
  private Thread reader;
  private int firstRound = 1;
  private int starts;
  private WriterStatus done = WriterStatus.NONE;
  private WriterStatus current = WriterStatus.NONE;

  /** Starts the first process. */
  WriterSeat(Path database, Path folder, int number) {
    this.database = database;
    this.folder = folder;
    this.number = number;
    this.child = start();
    this.reader = read(child);
  }

  /** What the processes of this seat have done, as far as they could tell. */
  synchronized WriterStatus status() {
    return done.plus(current);
  }

  /** Whether the present process has begun to work and goes on working. */
  synchronized boolean isAtWork() {
    return child.isAlive() && current.commits() + current.replays() > 0;
  }

  /** Whether the process has ended by itself and all that it said is known. */
  synchronized boolean isFinished() {
    return !child.isAlive() && !reader.isAlive();
  }

  /**
   * Kills the process where it stands and starts another one in the same round. Returns when all
   * that the killed one has said is known.
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
      // The rounds before are finished: the killed process has gone through them itself.
      firstRound = Math.max(firstRound, current.round());
      done = done.plus(current);
      current = WriterStatus.NONE;
      child = start();
      reader = read(child);
    }
    return true;
  }

  /** Lets the process end after {@code round}, or the later round that it has begun by then. */
  void stopAfter(int round) {
    child.send(Integer.toString(round));
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
    return ChildCommand.of(ReplayWriter.class, database, folder, seed, firstRound)
        .withJvmOptions("-Xshare:auto", "-XX:+UseSerialGC", "-Xmx512m")
        .start();
  }

  private Thread read(ChildJvm source) {
    Thread thread =
        new Thread(
            () -> {
              Optional<String> line = source.nextLine();
              while (line.isPresent()) {
                update(WriterStatus.ofLine(line.get()));
                line = source.nextLine();
              }
            },
            "writer-" + number);
    thread.start();
    return thread;
  }

  private synchronized void update(WriterStatus status) {
    current = status;
  }
}
