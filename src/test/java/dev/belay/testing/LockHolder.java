package dev.belay.testing;

import java.nio.file.Path;
import java.sql.Connection;

/**
 * Another program that holds a lock of a database file against Belay. It sends {@code holding} when
 * it has the lock, releases it when it receives {@code release}, and then sends {@code released}.
 */
public final class LockHolder implements AutoCloseable {
  private final ChildJvm child;

  private LockHolder(ChildJvm child) {
    this.child = child;
  }

  /** Starts a program that holds the write lock until {@link #release}. */
  public static LockHolder writing(Path file) {
    return start("BEGIN IMMEDIATE", file);
  }

  /** Starts a program that holds a read transaction, which has read, until {@link #release}. */
  public static LockHolder reading(Path file) {
    return start("BEGIN", file);
  }

  /** Releases the lock, and returns when it is released. */
  public void release() {
    child.send("release");
    child.expect("released");
  }

  /** Releases the lock by ending the process. */
  @Override
  public void close() {
    child.close();
  }

  private static LockHolder start(String begin, Path file) {
    ChildJvm child = ChildCommand.of(LockHolder.class, begin, file).start();
    try {
      child.expect("holding");
    } catch (RuntimeException e) {
      child.close();
      throw e;
    }
    return new LockHolder(child);
  }

  /** The child: takes {@code args[0]} on file {@code args[1]}. */
  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    try (Connection connection = PlainSqlite.connect(Path.of(args[1]))) {
      PlainSqlite.execute(connection, args[0]);
      PlainSqlite.execute(connection, "SELECT count(*) FROM sqlite_schema");
      parent.say("holding");
      parent.hear();
      PlainSqlite.execute(connection, "COMMIT");
    }
    parent.say("released");
  }
}
