package dev.belay.sqlite;

import java.util.concurrent.TimeUnit;

/**
 * How one process shares the write lock with others that want it too: how long it waits between two
 * tries, and when it lets others go first. Belongs to the thread that owns the connection.
 *
 * <p>All times are of {@code nanoTime}.
 */
final class LockBackOff {
  /*
   * No process knows which others wait, so turns are made of parks. A try that meets the lock
   * between two commits of its owner ends the owner's turn, and the next owner has to read again
   * what has changed. A waiting process therefore tries rarely, so that turns last for some
   * milliseconds; one that has waited for long tries more and more often, which bounds the
   * longest wait. A process that has had its turn parks once before it tries again: otherwise no
   * other process would meet the lock between commits that follow each other closely.
   *
   * All that is for processes that write without a rest and have met others lately. A process
   * that rests leaves the lock to others anyway: it neither gives way, nor begins a wait with
   * long parks.
   *
   * A process that holds the lock for long each time meets no other: the others are parked at
   * the moment between two of its transactions. So it gives way without having met another process, for some of the time
   * it held it.
   */
  private static final long TURN = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long REST = TimeUnit.MILLISECONDS.toNanos(25);
  private static final long LATELY = TimeUnit.SECONDS.toNanos(1);
  private static final long GIVE_WAY = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * How long a transaction holds the lock for each of its bodies if it is long. One of many short
   * bodies is not: others soon meet the process that makes those.
   */
  private static final long LONG = TimeUnit.MILLISECONDS.toNanos(2);

  private static final long GIVE_WAY_MAX = TimeUnit.MILLISECONDS.toNanos(4);
  private static final long GIVE_WAY_SHARE = 8;

  // Not less: where the lock is held for long, as by a JVM's first write, processes that try
  // more often would take the processor from the one that holds it.
  private static final long PARK_MIN = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long PARK_FIRST = TimeUnit.MICROSECONDS.toNanos(200);
  private static final long PARK_MAX = TimeUnit.MILLISECONDS.toNanos(4);

  /** Who has waited that long begins to try more often. */
  private static final long OLD = TimeUnit.MILLISECONDS.toNanos(30);

  private long contendedAt;
  private long lastTaken;
  private long lastReleased;
  private long held;
  private long turnSince;
  private boolean insists;

  LockBackOff(long now) {
    contendedAt = now - LATELY;
    lastTaken = now - REST;
    lastReleased = lastTaken;
  }

  /** The process wants the lock; what follows, until it has it, goes by how it stands now. */
  void wants(long now) {
    boolean restless = now - lastTaken < REST || now - lastReleased < REST;
    if (!restless) {
      turnSince = now;
      held = 0;
    }
    insists = restless && now - contendedAt < LATELY;
  }

  /** Whether the turn of this process is over, so that it parks before it tries. */
  boolean isOver(long now) {
    return (insists || held >= LONG) && now - turnSince > TURN;
  }

  /** How long to park so that another process may go first; half as much to half as much again. */
  long giveWayNanos() {
    return held < LONG
        ? GIVE_WAY
        : Math.max(GIVE_WAY, Math.min(held / GIVE_WAY_SHARE, GIVE_WAY_MAX));
  }

  /** Others have been let go first. */
  void gaveWay(long now) {
    turnSince = now;
    held = 0;
  }

  /** A try has met the lock in others' hands. */
  void met(long now) {
    contendedAt = now;
  }

  /**
   * How long to park before the next try, after {@code waited} of a wait; half as much to half as
   * much again, so that processes do not march in step.
   */
  long parkNanos(long waited) {
    long longest = insists ? PARK_MAX : Math.min(PARK_MAX, PARK_FIRST + waited);
    return waited <= OLD ? longest : Math.max(PARK_MIN, Math.min(longest, PARK_MAX * OLD / waited));
  }

  /** The lock has been taken at the first try. */
  void taken(long now) {
    lastTaken = now;
  }

  /** The lock has been taken after others had it. */
  void takenFromOthers(long now) {
    lastTaken = now;
    turnSince = now;
  }

  /** The lock that was taken last, for so many bodies, is free again. */
  void released(long now, int bodies) {
    held = (now - lastTaken) / Math.max(bodies, 1);
    lastReleased = now;
  }
}
