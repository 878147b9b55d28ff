package dev.belay.testing;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Another program that holds a lock of a database file against Belay. Says {@code holding} when it
 * has the lock, lets go after a time or when told {@code release}, and then says {@code released}.
 */
public final class LockHolder implements AutoCloseable {
  private final ChildJvm child;

  private LockHolder(ChildJvm child) {
    this.child = child;
  }

  /** Holds the write lock until {@link #release}. */
  public static LockHolder writing(Path file) {
    return start("BEGIN IMMEDIATE", file, -1);
  }

  /** Holds the write lock for {@code ms} milliseconds. */
  public static LockHolder writingFor(Path file, long ms) {
    return start("BEGIN IMMEDIATE", file, ms);
  }

  /** Holds a read transaction, which has read, for {@code ms} milliseconds. */
  public static LockHolder readingFor(Path file, long ms) {
    return start("BEGIN", file, ms);
  }

  /** Lets go, and returns when it has. */
  public void release() {
    child.send("release");
    awaitRelease();
  }

  /** Returns when the time is over for which the lock was to be held. */
  public void awaitRelease() {
    child.expect("released");
  }

  /** Lets go, if need be by ending the process. */
  @Override
  public void close() {
    child.close();
  }

  private static LockHolder start(String begin, Path file, long ms) {
    ChildJvm child = ChildCommand.of(LockHolder.class, begin, file, ms).start();
    try {
      child.expect("holding");
    } catch (RuntimeException e) {
      child.close();
      throw e;
    }
    return new LockHolder(child);
  }

  /** The child: takes {@code args[0]} on file {@code args[1]} for {@code args[2]} ms. */
  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    long ms = Long.parseLong(args[2]);
    try (Connection connection = PlainSqlite.connect(Path.of(args[1]))) {
      PlainSqlite.execute(connection, args[0]);
      PlainSqlite.execute(connection, "SELECT count(*) FROM sqlite_schema");
      parent.say("holding");
      if (ms < 0) {
        parent.hear();
      } else {
        parent.follow();
        hold(ms);
      }
      PlainSqlite.execute(connection, "COMMIT");
    }
    parent.say("released");
  }

  private static void hold(long ms) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
