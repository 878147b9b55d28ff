package dev.belay.replay;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Kills and freezes agents, one after another, at each {@link Moment} in turn. Belongs to the
 * thread that made it, which asks it to {@link #go} on every few milliseconds.
 */
final class Strikes {
  private static final List<Moment> ORDER =
      List.of(
          Moment.BEFORE_COMMIT,
          Moment.PAST_LEASE,
          Moment.AFTER_COMMIT,
          Moment.PAST_CLAIM,
          Moment.ANYWHERE);

  private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(800);

  private final AgentCrew crew;
  private @Nullable AgentSeat struck;
  private Moment moment = ORDER.get(0);
  private boolean frozen;
  private long nextNs = System.nanoTime() + INTERVAL_NS;
  private int begun;
  private int kills;
  private int freezes;

  Strikes(AgentCrew crew) {
    this.crew = crew;
  }

  /** How many agents were killed at work. */
  int kills() {
    return kills;
  }

  /** How many agents were frozen, and went on. */
  int freezes() {
    return freezes;
  }

  /** Whether no agent is being struck. */
  boolean isOver() {
    return struck == null;
  }

  /** Does what is due, and begins the next strike if {@code more}. */
  void go(boolean more) throws InterruptedException {
    boolean due = System.nanoTime() - nextNs >= 0;
    if (struck == null) {
      if (more && due) {
        begin();
      }
    } else if (frozen) {
      if (due) {
        struck.thaw();
        freezes++;
        end();
      }
    } else if (moment == Moment.ANYWHERE || struck.isStopped()) {
      strike(struck);
    }
  }

  private void begin() {
    struck = crew.oneAtWork().orElse(null);
    if (struck != null) {
      moment = ORDER.get(begun++ % ORDER.size());
      if (moment != Moment.ANYWHERE) {
        struck.stopAt(moment);
      }
    }
  }

  private void strike(AgentSeat seat) throws InterruptedException {
    if (moment.isFreeze()) {
      seat.freeze();
      frozen = true;
      nextNs = System.nanoTime() + moment.freeze().toNanos();
    } else {
      kills += seat.kill() ? 1 : 0;
      end();
    }
  }

  private void end() {
    struck = null;
    frozen = false;
    nextNs = System.nanoTime() + INTERVAL_NS;
  }
}
