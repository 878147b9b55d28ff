package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.store.Durability;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;

/**
 * A process that writes turn after turn until it is killed. A turn is one transaction of several
 * rows in several tables: three events of a session and two rows of the host's. It says {@code
 * inside n} when all rows of turn n are written and nothing is committed, and {@code acknowledged
 * n} when the write has returned.
 */
public final class TurnWriter {
  /** The session that it writes. */
  public static final String SESSION = "run";

  /** How many events of the session a turn has. */
  public static final int EVENTS_PER_TURN = 3;

  /** How many rows of the host's table a turn has. */
  public static final int ROWS_PER_TURN = 2;

  /** The host's table, which must be there before a writer begins. */
  public static final String HOST_TABLE =
      "CREATE TABLE host (turn INTEGER NOT NULL, part INTEGER NOT NULL)";

  private final Belay belay;
  private final Parent parent;

  private TurnWriter(Belay belay, Parent parent) {
    this.belay = belay;
    this.parent = parent;
  }

  /** Arguments: the file, the durability. Begins when it is told anything. */
  public static void main(String[] args) {
    Parent parent = new Parent();
    parent.say("ready");
    parent.hear();
    parent.follow();
    BelayOptions options = TestOptions.defaults().withDurability(Durability.valueOf(args[1]));
    try (Belay belay = Belay.open(Path.of(args[0]), options)) {
      TurnWriter writer = new TurnWriter(belay, parent);
      long turn = belay.sessions().find(SESSION).map(Session::revision).orElse(0L);
      while (true) {
        turn++;
        writer.write(turn);
        parent.say("acknowledged " + turn);
      }
    }
  }

  /** The turn that {@code line} acknowledges, 0 if it says something else. */
  public static long acknowledged(String line) {
    return line.startsWith("acknowledged ") ? Long.parseLong(line.split(" ", -1)[1]) : 0;
  }

  /**
   * The payload of the events of {@code turn}: up to several pages, so that kills tear files too.
   */
  public static String payload(long turn) {
    return "turn " + turn + " ".repeat((int) (turn * 7919 % 9000));
  }

  private void write(long turn) {
    NewEvent event = NewEvent.of("step", payload(turn));
    belay
        .tx()
        .useWrite(
            tx -> {
              tx.handle().execute("INSERT INTO host (turn, part) VALUES (?, 1)", turn);
              belay
                  .sessions()
                  .commit(
                      tx,
                      SessionCommit.to(SESSION, turn - 1)
                          .operation("turn-" + turn)
                          .append(event, event, event))
                  .orThrow();
              tx.handle().execute("INSERT INTO host (turn, part) VALUES (?, 2)", turn);
              parent.say("inside " + turn);
            });
  }
}
