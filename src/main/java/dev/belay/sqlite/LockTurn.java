package dev.belay.sqlite;

import java.util.concurrent.TimeUnit;

/**
 * How one process shares the write lock with others that want it too: how long it waits between two
 * tries, and when it lets others go first. Belongs to the thread that owns the connection.
 *
 * <p>All times are of {@code nanoTime}.
 */
final class LockTurn {
  /*
   * Nobody knows who else waits, so turns are made of parks. A try that meets the lock between two
   * commits of its owner ends the owner's turn, and whoever comes next has to read anew what has
   * changed. So who waits tries rarely, and turns last for some milliseconds; who has waited for
   * long tries more and more often, which keeps the longest wait short. Who has had its turn parks
   * once before it tries again: an owner whose commits follow each other closely would else be met
   * between them by nobody.
   *
   * Where nobody else writes all the time the lock is free again in no time. So a wait begins with
   * short parks, unless there has been another one just before.
   */
  private static final long TURN = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LATELY = TimeUnit.SECONDS.toNanos(1);
  private static final long GIVE_WAY = TimeUnit.MILLISECONDS.toNanos(1);

  /** How often others are let go first in vain, before they are believed to have gone. */
  private static final int UNANSWERED_MAX = 2;

  // Not less: where the lock is held for long, as by a JVM's first write, those who try more often
  // would take the processor from the one that holds it.
  private static final long PARK_MIN = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long PARK_FIRST = TimeUnit.MICROSECONDS.toNanos(200);
  private static final long PARK_MAX = TimeUnit.MILLISECONDS.toNanos(4);

  /** Who has waited that long begins to try more often. */
  private static final long OLD = TimeUnit.MILLISECONDS.toNanos(30);

  private long since;
  private int unanswered = UNANSWERED_MAX;

  /** Whether the turn of this process is over, so that it parks before it tries. */
  boolean isOver(long now) {
    return isContended(now) && now - since > TURN;
  }

  /** How long to park so that somebody else may go first; half as much to half as much again. */
  long giveWayNanos() {
    return GIVE_WAY;
  }

  /**
   * How long to park before the next try, after {@code waited} of a wait that began at {@code
   * start}; half as much to half as much again, so that processes do not march in step.
   */
  long parkNanos(long start, long waited) {
    long longest = isContended(start) ? PARK_MAX : Math.min(PARK_MAX, PARK_FIRST + waited);
    return waited <= OLD ? longest : Math.max(PARK_MIN, Math.min(longest, PARK_MAX * OLD / waited));
  }

  /** The lock has been taken after others had it. */
  void begins(long now) {
    since = now;
    unanswered = 0;
  }

  /** Others were let go first, and nobody wanted to. */
  void goesOn(long now) {
    since = now;
    unanswered++;
  }

  private boolean isContended(long now) {
    return unanswered < UNANSWERED_MAX && now - since < LATELY;
  }
}
