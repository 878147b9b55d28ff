package dev.belay.sqlite;

import java.util.concurrent.TimeUnit;

/**
 * The rules by which one process shares the write lock with other processes: the time between two
 * tries, and the moments at which it lets others go first. Belongs to the thread that owns the
 * connection.
 *
 * <p>All times are of {@code nanoTime}.
 */
final class LockBackOff {
  /*
   * No process knows which others wait. A turn is the time in which one process commits again and
   * again; parks divide the time into turns.
   *
   * 1. A try that succeeds between two commits of the owner ends the owner's turn, and the next
   *    owner has to read again what has changed. A waiting process therefore retries rarely, so
   *    that each turn lasts some milliseconds.
   * 2. A process that has waited long retries more and more often, which bounds the longest wait.
   * 3. A process whose turn is over parks once before it tries again. Otherwise no other process
   *    could take the lock between two commits that follow each other closely.
   * 4. Rules 1 and 3 apply only to a process that writes without a rest and has met others
   *    recently. A process that rests leaves the lock to others anyway: it does not give way, and
   *    does not begin a wait with long parks.
   * 5. A process that holds the lock long in each transaction never meets another: the others are
   *    parked at the moment between two of its transactions. So it gives way without having met
   *    one, for a share of the time for which it held the lock.
   */
  private static final long TURN = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long REST = TimeUnit.MILLISECONDS.toNanos(25);
  private static final long LATELY = TimeUnit.SECONDS.toNanos(1);
  private static final long GIVE_WAY = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * The time per body from which on a transaction counts as long. A transaction of many short
   * bodies is not long: its process soon meets others.
   */
  private static final long LONG = TimeUnit.MILLISECONDS.toNanos(2);

  private static final long GIVE_WAY_MAX = TimeUnit.MILLISECONDS.toNanos(4);
  private static final long GIVE_WAY_SHARE = 8;

  // Not shorter: if the lock is held for long, as by a JVM's first write, processes that retry more
  // often would take the processor from the one that holds the lock.
  private static final long PARK_MIN = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long PARK_FIRST = TimeUnit.MICROSECONDS.toNanos(200);
  private static final long PARK_MAX = TimeUnit.MILLISECONDS.toNanos(4);

  /** The length of a wait from which on a process retries more and more often. */
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

  /**
   * Notes that the process wants the lock. The state at this moment decides the parks until it has
   * the lock.
   */
  void wants(long now) {
    boolean restless = now - lastTaken < REST || now - lastReleased < REST;
    if (!restless) {
      turnSince = now;
      held = 0;
    }
    insists = restless && now - contendedAt < LATELY;
  }

  /** Returns whether the turn of this process is over, so that it must park before it tries. */
  boolean isOver(long now) {
    return (insists || held >= LONG) && now - turnSince > TURN;
  }

  /**
   * Returns the time to park so that another process can go first. The caller parks for 50 % to 150
   * % of it.
   */
  long giveWayNanos() {
    return held < LONG
        ? GIVE_WAY
        : Math.max(GIVE_WAY, Math.min(held / GIVE_WAY_SHARE, GIVE_WAY_MAX));
  }

  /** Notes that this process has let others go first. */
  void gaveWay(long now) {
    turnSince = now;
    held = 0;
  }

  /** Notes that another process had the lock at a try. */
  void met(long now) {
    contendedAt = now;
  }

  /**
   * Returns the time to park before the next try, after a wait of {@code waited} so far. The caller
   * parks for 50 % to 150 % of it, so that processes do not retry in step.
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

  /**
   * Notes that the lock has been released.
   *
   * @param bodies the number of bodies for which it was held
   */
  void released(long now, int bodies) {
    held = (now - lastTaken) / Math.max(bodies, 1);
    lastReleased = now;
  }
}
