package dev.belay.testing;

import java.nio.file.Path;
import java.sql.Connection;

/**
 * Another program that holds a lock of a database file against Belay. Says {@code holding} when it
 * has the lock, lets go when told {@code release}, and then says {@code released}.
 */
public final class LockHolder implements AutoCloseable {
  private final ChildJvm child;

  private LockHolder(ChildJvm child) {
    this.child = child;
  }

  /** Holds the write lock until {@link #release}. */
  public static LockHolder writing(Path file) {
    return start("BEGIN IMMEDIATE", file);
  }

  /** Holds a read transaction, which has read, until {@link #release}. */
  public static LockHolder reading(Path file) {
    return start("BEGIN", file);
  }

  /** Lets go, and returns when it has. */
  public void release() {
    child.send("release");
    child.expect("released");
  }

  /** Lets go, if need be by ending the process. */
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
