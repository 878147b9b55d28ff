package dev.belay.testing;

import dev.belay.Belay;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;

/**
 * A check that a store still works: another program can write, the store can write, and a read that
 * begins afterwards sees both rows. Used by one thread.
 */
public final class Checked {
  private final Belay belay;
  private final @Nullable Program program;
  private final AtomicInteger asked = new AtomicInteger();

  /** Another program that has access to the store. */
  public interface Program {
    /** Opens a connection, in autocommit mode. */
    Connection connect() throws SQLException;
  }

  /**
   * Creates the check of a store that has the table {@code note}; without another program if its
   * handle alone has access to it.
   */
  public Checked(Belay belay, @Nullable Program program) {
    this.belay = belay;
    this.program = program;
  }

  /** Fails if the store does not work; {@code after} names the preceding event for the message. */
  public void requireServing(Object after) {
    String foreign = "foreign " + asked.incrementAndGet();
    String own = "own " + asked.get();
    addByAnother(foreign, after);
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

  private void addByAnother(String text, Object after) {
    if (program == null) {
      belay.useWrite(tx -> Notes.add(tx, text));
      return;
    }
    try (Connection other = program.connect();
        Statement statement = other.createStatement()) {
      statement.execute("INSERT INTO note (text) VALUES ('" + text + "')");
    } catch (SQLException e) {
      throw new AssertionError("after " + after + " another program cannot write", e);
    }
  }
}
