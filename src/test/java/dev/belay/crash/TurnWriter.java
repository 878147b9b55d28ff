package dev.belay.crash;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.session.NewEvent;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.store.Durability;
import dev.belay.testing.Parent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A process whose threads write turn after turn, each to a session of its own, until it is killed.
 * A turn is one body of several rows in several tables: three events of a session and two rows of
 * the host's. Thread w says {@code inside w n} when all rows of its turn n are written and nothing
 * is committed, and {@code acknowledged w n} when the write has returned.
 */
public final class TurnWriter {
  /** The session that the first thread writes. */
  public static final String SESSION = "run";

  /** How many events of its session a turn has. */
  public static final int EVENTS_PER_TURN = 3;

  /** How many rows of the host's table a turn has. */
  static final int ROWS_PER_TURN = 2;

  /** The host's table, which must be there before a writer begins. */
  public static final String HOST_TABLE =
      "CREATE TABLE host (writer INTEGER NOT NULL, turn INTEGER NOT NULL, part INTEGER NOT NULL)";

  private static final String INSERT = "INSERT INTO host (writer, turn, part) VALUES (?, ?, ?)";

  private final Belay belay;
  private final Parent parent;

  private TurnWriter(Belay belay, Parent parent) {
    this.belay = belay;
    this.parent = parent;
  }

  /**
   * Arguments: those of {@link Engine#open}, the durability, the number of threads. Begins when it
   * is told anything.
   */
  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    parent.say("ready");
    parent.hear();
    parent.follow();
    Durability durability = Durability.valueOf(args[2]);
    int writers = Integer.parseInt(args[3]);
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try (Belay belay = Engine.open(args, options -> options.withDurability(durability))) {
      TurnWriter turns = new TurnWriter(belay, parent);
      List<Future<Void>> writing = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        int writer = i;
        Callable<Void> task = () -> turns.writeForEver(writer);
        writing.add(threads.submit(task));
      }
      for (Future<Void> thread : writing) {
        thread.get(); // whatever it threw ends this process with an error
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** The session of {@code writer}. */
  static String session(int writer) {
    return writer == 0 ? SESSION : SESSION + "-" + writer;
  }

  /** The turn that {@code line} acknowledges, 0 if it says something else. */
  public static long acknowledged(String line) {
    return line.startsWith("acknowledged ") ? Long.parseLong(line.split(" ", -1)[2]) : 0;
  }

  /**
   * The payload of the events of {@code turn}: up to several pages, so that kills tear files too.
   */
  public static String payload(long turn) {
    return "turn " + turn + " ".repeat((int) (turn * 7919 % 9000));
  }

  private Void writeForEver(int writer) {
    long turn = belay.sessions().find(session(writer)).map(Session::revision).orElse(0L);
    while (true) {
      turn++;
      write(writer, turn);
      parent.say("acknowledged " + writer + " " + turn);
    }
  }

  private void write(int writer, long turn) {
    NewEvent event = NewEvent.of("step", payload(turn));
    belay.useWrite(
        tx -> {
          tx.handle().execute(INSERT, writer, turn, 1);
          belay
              .sessions()
              .commit(
                  tx,
                  SessionCommit.to(session(writer), turn - 1)
                      .operation("turn-" + turn)
                      .append(event, event, event))
              .orThrow();
          tx.handle().execute(INSERT, writer, turn, 2);
          parent.say("inside " + writer + " " + turn);
        });
  }
}
