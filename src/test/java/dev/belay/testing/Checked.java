package dev.belay.testing;

import dev.belay.Belay;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;

/**
 * A check that a store still works: another program can write, the store can write, and a read that
 * begins afterwards sees both rows. Used by one thread.
 */
public final class Checked {
  private final Belay belay;
  private final Path file;
  private final AtomicInteger asked = new AtomicInteger();

  /** Creates the check of a store on {@code file} that has the table {@code note}. */
  public Checked(Belay belay, Path file) {
    this.belay = belay;
    this.file = file;
  }

  /** Fails if the store does not work; {@code after} names the preceding event for the message. */
  public void requireServing(Object after) {
    String foreign = "foreign " + asked.incrementAndGet();
    String own = "own " + asked.get();
    try (Connection other = PlainSqlite.connect(file)) {
      PlainSqlite.execute(
          other,
          "PRAGMA busy_timeout = 10000",
          "INSERT INTO note (text) VALUES ('" + foreign + "')");
    } catch (SQLException e) {
      throw new AssertionError("after " + after + " another program cannot write", e);
    }
    try {
      belay.useWrite(tx -> Notes.add(tx, own));
    } catch (RuntimeException e) {
      throw new AssertionError("after " + after + " the store cannot write", e);
    }
    List<String> seen = Notes.all(belay);
    Assertions.assertThat(seen).as("what a read sees after %s", after).contains(foreign, own);
    belay.useWrite(tx -> tx.handle().execute("DELETE FROM note WHERE text = ?", own));
    belay.useWrite(tx -> tx.handle().execute("DELETE FROM note WHERE text = ?", foreign));
  }
}
