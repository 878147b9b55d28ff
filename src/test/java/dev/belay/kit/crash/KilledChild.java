package dev.belay.kit.crash;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.lease.Leases;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.StoreException;
import dev.belay.testing.Notes;
import dev.belay.testing.Parent;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A process that does something until it is killed: {@code args[0]} and {@code args[1]} name the
 * store, {@code args[2]} is what it does, an {@link Act}, and {@code args[3]} the number of the
 * first turn. It ends with its parent.
 */
final class KilledChild {
  static final String QUEUE = "jobs";
  static final String LANE = "lane";
  static final String LEASE = "lease";
  static final String SESSION = "s";
  static final Duration TTL = Duration.ofMinutes(1);

  /** What a child does. */
  enum Act {
    /** Holds a lane's work and a lease, says {@code holding}, and does no more. */
    HOLD,

    /** Writes all kinds of things in a body, says {@code writing}, and does not end the body. */
    WRITE,

    /** Commits a turn of the session after another, and says the number of each. */
    TAKE_TURNS
  }

  private KilledChild() {}

  public static void main(String[] args) throws Exception {
    Parent parent = new Parent();
    parent.follow();
    try (Belay belay = Engine.open(args)) {
      switch (Act.valueOf(args[2])) {
        case HOLD -> hold(belay, parent);
        case WRITE -> write(belay, parent);
        case TAKE_TURNS -> takeTurns(belay, parent, Integer.parseInt(args[3]));
      }
    }
  }

  private static void hold(Belay belay, Parent parent) throws InterruptedException {
    int claims = belay.queue(QUEUE).claimLane(LANE, "killed", TTL, 2).size();
    boolean granted = belay.leases().acquire(LEASE, "killed", TTL).granted().isPresent();
    parent.say(claims == 2 && granted ? "holding" : "not holding");
    forever();
  }

  private static void write(Belay belay, Parent parent) throws InterruptedException {
    WorkQueue queue = belay.queue(QUEUE);
    Leases leases = belay.leases();
    belay.useWrite(
        tx -> {
          Notes.add(tx, "half");
          var work = queue.enqueue(tx, NewWork.of("half").withKey("half").withLane(LANE));
          var lease = leases.acquire(tx, LEASE, "killed", TTL);
          var commit = SessionCommit.to(SESSION).append(NewEvent.of("message", "half"));
          belay.sessions().commit(tx, commit.operation("half")).orThrow();
          parent.say(work.workId() > 0 && lease.granted().isPresent() ? "writing" : "not writing");
          forever();
        });
  }

  private static void takeTurns(Belay belay, Parent parent, int first) {
    for (int number = first; true; number++) {
      boolean taken = false;
      while (!taken) {
        taken = isTaken(belay, turn(number));
      }
      parent.say(Integer.toString(number));
    }
  }

  /** Whether the turn was committed, now or by an earlier call whose outcome did not arrive. */
  private static boolean isTaken(Belay belay, SessionCommit turn) {
    try {
      return belay.sessions().commit(turn).orThrow().revision() > 0;
    } catch (StoreException e) { // a kill of what works for this process; the turn is sent again
      return false;
    }
  }

  /** The turn with that number. */
  static SessionCommit turn(int number) {
    return SessionCommit.to(SESSION)
        .operation("turn " + number)
        .append(NewEvent.of("question", "of turn " + number))
        .append(NewEvent.of("answer", "of turn " + number))
        .enqueue(QUEUE, NewWork.of("of turn " + number).withKey("turn " + number));
  }

  private static void forever() throws InterruptedException {
    new CountDownLatch(1).await();
  }
}
