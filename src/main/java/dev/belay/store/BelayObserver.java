package dev.belay.store;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Is told what a store does: for metrics, traces and logs. Every method has a default, so that one
 * implements what one needs; the defaults log failures and ignore the rest.
 *
 * <p>The rules, for every method:
 *
 * <ul>
 *   <li>It is called after the outcome is fixed, and without a lock or a connection of the store:
 *       on the thread that called the verb, before that returns; for an asynchronous verb on a
 *       {@code belay-callback} thread, before its future completes; what happens to a worker's
 *       claims, on the worker's thread. Renewals that keep a grant alive, and checkpoints, are told
 *       on a {@code belay-callback} thread at about the same time. Several threads call it at once,
 *       so it must be safe for use by many threads.
 *   <li>It should return at once. What it takes is added to the verb that it is told of, and to
 *       nothing else: no other caller, no renewal and no checkpoint waits for it.
 *   <li>What it throws, Errors too, is logged and changes nothing.
 *   <li>It must not use the store: that would be told as well.
 *   <li>It is told names, numbers and exceptions, never a payload.
 *   <li>What a verb did in a {@link Tx} is told once that has been committed, and never if it has
 *       not; a refusal is told all the same. Nothing is told twice, however often a body ran.
 * </ul>
 */
public interface BelayObserver {
  /**
   * A body of {@link TxRunner}, or a verb of Belay that is a transaction of its own, has its
   * outcome. Not told: what was withdrawn before it began, and the looks by which Belay wakes those
   * who wait.
   */
  default void transaction(TxEvent event) {}

  /** A session's commit was applied, replayed or refused. */
  default void sessionCommit(CommitEvent event) {}

  /** A verb on a lease was answered. */
  default void lease(LeaseEvent event) {}

  /** A claim was granted, renewed or found lost. */
  default void claim(ClaimEvent event) {}

  /** The holder of a claim ended it, or found it lost. */
  default void settlement(SettlementEvent event) {}

  /** A checkpoint moved pages of the log into the database, or failed. */
  default void checkpoint(CheckpointEvent event) {}

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
   * A transaction, or a call, as one body met it. Immutable, safe for use by many threads if the
   * failure is.
   *
   * @param waited from the call of the verb until the body began first, or until it was refused
   * @param lockWait how much of that other processes held the write lock
   * @param took from the call of the verb until its outcome
   * @param bodies how many bodies shared the transaction: 1 alone, 0 if this one never began
   * @param runs how often the body ran: more than once if it was undone with others
   * @param failure what the caller gets, null unless it failed
   */
  record TxEvent(
      Kind kind,
      TxEvent.Outcome outcome,
      Duration waited,
      Duration lockWait,
      Duration took,
      int bodies,
      int runs,
      @Nullable Throwable failure) {
    /** The verb. Immutable, safe for use by many threads. */
    public enum Kind {
      /** {@link TxRunner#read}, and what Belay's facades read. */
      READ,
      /** {@link TxRunner#write} and {@link TxRunner#writeFlow}. */
      WRITE,
      /** {@link TxRunner#call}. */
      CALL,
      /** A writing verb of Belay's facades, without a {@link Tx}. */
      VERB
    }

    /** What has become of what a body wrote. Immutable, safe for use by many threads. */
    public enum Outcome {
      /** The body ended well: what it wrote is committed. */
      COMPLETED,
      /** The body chose {@link TxOutcome#rollback}. */
      ROLLED_BACK,
      /** The caller gets an exception, and nothing that the body wrote stays, but of a call. */
      FAILED,
      /** The caller gets a {@link CommitUnknownException}. */
      UNKNOWN
    }
  }

  /**
   * A commit of a session. Immutable, safe for use by many threads.
   *
   * @param revision of the session after the commit, 0 if it was refused
   * @param events how many the commit appended, 0 if it was refused or replayed
   */
  record CommitEvent(String sessionId, CommitEvent.Outcome outcome, long revision, int events) {
    /** The answer: see the records of the same names. Immutable, safe for use by many threads. */
    public enum Outcome {
      COMMITTED,
      REPLAYED,
      REVISION_CONFLICT,
      OPERATION_CONFLICT,
      CLAIM_LOST,
      LEASE_LOST,
      KEY_CONFLICT,
      DUPLICATE_EVENT,
      UNKNOWN_PARENT,
      SESSION_DELETED
    }
  }

  /**
   * The answer to a verb on a lease. Immutable, safe for use by many threads.
   *
   * @param holder who asked
   * @param token of the lease that was asked for or with, 0 if none was granted
   */
  record LeaseEvent(String name, String holder, long token, LeaseEvent.Outcome outcome) {
    /** The answer. Immutable, safe for use by many threads. */
    public enum Outcome {
      GRANTED,
      /** Somebody else has it. */
      HELD,
      RENEWED,
      RELEASED,
      /** It could not be renewed or released: it had expired, or somebody else has it. */
      LOST
    }
  }

  /** What happened to a claim. Immutable, safe for use by many threads. */
  record ClaimEvent(
      String queue,
      long workId,
      String worker,
      long token,
      int attempt,
      ClaimEvent.Outcome outcome) {
    /** What happened. Immutable, safe for use by many threads. */
    public enum Outcome {
      GRANTED,
      RENEWED,
      /** It could not be renewed: it had lapsed, or had been settled. */
      LOST
    }
  }

  /** How a claim ended. Immutable, safe for use by many threads. */
  record SettlementEvent(
      String queue,
      long workId,
      String worker,
      long token,
      int attempt,
      SettlementEvent.Outcome outcome) {
    /** What has become of the work. Immutable, safe for use by many threads. */
    public enum Outcome {
      COMPLETED,
      /** It failed, and waits for its next attempt. */
      FAILED,
      DEFERRED,
      RELEASED,
      BURIED,
      /** It was to be cancelled, and was given back. */
      CANCELLED,
      /** The claim was no longer live; nothing has changed. */
      CLAIM_LOST
    }
  }

  /**
   * A checkpoint. Immutable, safe for use by many threads if the failure is.
   *
   * @param pages how many pages it moved from the log into the database, 0 if it failed
   * @param pagesLeft how many are still in the log alone
   * @param failure why there was none; it is logged as well
   */
  record CheckpointEvent(int pages, int pagesLeft, Duration took, @Nullable Throwable failure) {}

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
      AttemptFailure.Outcome outcome) {
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
