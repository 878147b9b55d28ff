package dev.belay.store;

import java.lang.System.Logger.Level;
import java.util.Objects;

/**
 * Is told what a store does: for metrics, traces and logs. Every method has a default, so that one
 * implements what one needs; the defaults log failures and ignore the rest.
 *
 * <p>The rules, for every method:
 *
 * <ul>
 *   <li>It is called on the thread that did what it tells of, once the outcome is fixed, and never
 *       while the store's write lock or a connection is held for it. Several threads call it at the
 *       same time, so it must be safe for use by many threads.
 *   <li>It should return at once. What it takes is added to the call that it is told of, and to
 *       nothing else.
 *   <li>What it throws, Errors too, is logged and changes nothing.
 *   <li>It must not use the store: what that does would be told as well.
 *   <li>It is told names, numbers and exceptions, never a payload.
 * </ul>
 */
public interface BelayObserver {
  /**
   * A handler threw, or something of Belay's own failed around it. By default logged to {@code
   * dev.belay} with its stack trace: a warning, an error if the work was buried.
   */
  default void attemptFailed(AttemptFailure failure) {
    System.getLogger("dev.belay")
        .log(
            failure.outcome() == AttemptFailure.Outcome.BURIED ? Level.ERROR : Level.WARNING,
            failure.message(),
            failure.failure());
  }

  /**
   * A handler returned, but its claim was lost: what it did is done, and the work is, or was, given
   * out again. By default logged to {@code dev.belay} as a warning.
   */
  default void completionLost(String queue, long workId, String worker, int attempt) {
    System.getLogger("dev.belay")
        .log(
            Level.WARNING,
            AttemptFailure.of(queue, workId, worker, attempt)
                + " was done, but its claim had been lost; it may be done again");
  }

  /**
   * An attempt at a piece of work that failed. Immutable, safe for use by many threads if the
   * failure is.
   *
   * @param attempt which attempt it was, from 1
   * @param attemptsMax after how many failed attempts the work is buried
   * @param failure what was thrown
   * @param outcome what has become of the work
   */
  record AttemptFailure(
      String queue,
      long workId,
      String worker,
      int attempt,
      int attemptsMax,
      Throwable failure,
      Outcome outcome) {
    /** What has become of work whose attempt failed. Immutable, safe for use by many threads. */
    public enum Outcome {
      /** It will be tried again. */
      RETRIED,
      /** It was the last attempt. */
      BURIED,
      /** It was to be cancelled, and is. */
      CANCELLED,
      /** The handler had settled it before it failed; that stays. */
      SETTLED_BEFORE,
      /** The claim had been lost before the failure could be stored. */
      CLAIM_LOST,
      /** The failure could not be stored; the work is tried again once its claim lapses. */
      UNSETTLED
    }

    /** Checks that nothing is missing. */
    public AttemptFailure {
      Objects.requireNonNull(queue, "queue");
      Objects.requireNonNull(worker, "worker");
      Objects.requireNonNull(failure, "failure");
      Objects.requireNonNull(outcome, "outcome");
    }

    private String message() {
      return of(queue, workId, worker, attempt) + " of " + attemptsMax + " failed: " + outcome;
    }

    private static String of(String queue, long workId, String worker, int attempt) {
      return "queue " + queue + ": work " + workId + ", worker " + worker + ", attempt " + attempt;
    }
  }
}
