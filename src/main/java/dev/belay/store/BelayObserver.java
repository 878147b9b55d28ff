package dev.belay.store;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Receives events of a store, for metrics, traces and logs. Every method has a default, so an
 * application implements only the methods that it needs. The defaults log failed attempts and lost
 * completions, and ignore all other events.
 *
 * <p>The rules, for every method:
 *
 * <ul>
 *   <li>It is called after the outcome is final, while the calling thread holds no lock and no
 *       connection of the store.
 *   <li>The calling thread is the thread that called the verb, before the verb returns; for an
 *       asynchronous verb a {@code belay-callback} thread, before the future completes. What a
 *       thread of Belay does (the claims, completions and renewals of a worker, what its handler
 *       does, the renewals of a keeper, checkpoints) is reported on a {@code belay-callback} thread
 *       at about the time of the event.
 *   <li>Several threads call it at once, so it must be safe for use by many threads.
 *   <li>It should return quickly. Its run time is added to the verb that it reports, and to nothing
 *       else: no other caller, no renewal and no checkpoint waits for it.
 *   <li>An exception or {@code Error} that it throws is logged and changes nothing.
 *   <li>It must not use the store, because each such use would be reported again.
 *   <li>It receives names, numbers and exceptions, never a payload.
 *   <li>What a verb did in a {@link Tx} is reported after the transaction was committed, and never
 *       if it was not. A refusal is reported in both cases. No event is reported twice, even if a
 *       body ran several times.
 * </ul>
 */
public interface BelayObserver {
  /**
   * A body of {@link TxRunner}, or a verb of Belay that is a transaction of its own, has its
   * outcome. Not reported are bodies that were withdrawn before they began, and the internal reads
   * by which Belay decides which waiting threads to wake.
   */
  default void transaction(TxEvent event) {}

  /** A session's commit was applied, replayed or refused. */
  default void sessionCommit(CommitEvent event) {}

  /** A verb on a lease has its outcome. */
  default void lease(LeaseEvent event) {}

  /** A claim was granted, renewed or found lost. */
  default void claim(ClaimEvent event) {}

  /** The worker that has a claim ended it, or found that it was lost. */
  default void settlement(SettlementEvent event) {}

  /** A checkpoint copied pages from the WAL into the database file, or failed. */
  default void checkpoint(CheckpointEvent event) {}

  /**
   * A handler threw, or Belay's own code around the handler failed. By default the failure is
   * logged to {@code dev.belay} with its stack trace: as an error if the work was buried, as a
   * warning otherwise.
   */
  default void attemptFailed(AttemptFailure failure) {
    System.getLogger("dev.belay")
        .log(
            failure.outcome() == AttemptFailure.Outcome.BURIED ? Level.ERROR : Level.WARNING,
            failure.message(),
            failure.failure());
  }

  /**
   * A handler returned, but its claim was lost: the effects of the handler stay, and the work was,
   * or will be, claimed again. By default this is logged to {@code dev.belay} as a warning.
   */
  default void completionLost(String queue, long workId, String worker, int attempt) {
    System.getLogger("dev.belay")
        .log(
            Level.WARNING,
            AttemptFailure.of(queue, workId, worker, attempt)
                + " was done, but its claim had been lost; it may be done again");
  }

  /**
   * The transaction, or the call, of one body. Immutable, safe for use by many threads if the
   * failure is.
   *
   * @param waited time from the call of the verb until the body began for the first time, or until
   *     it was refused
   * @param lockWait the part of {@code waited} during which other processes held the write lock
   * @param took time from the call of the verb until its outcome
   * @param bodies number of bodies that shared the transaction: 1 if there was no other, 0 if this
   *     one never began
   * @param runs number of times that the body ran: more than 1 if its transaction was undone with
   *     the other bodies in it
   * @param failure the exception that the caller gets, null if there is none
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
      /** {@link TxRunner#read}, or a reading verb of Belay's facades. */
      READ,
      /** {@link TxRunner#write} and {@link TxRunner#writeFlow}. */
      WRITE,
      /** {@link TxRunner#call}. */
      CALL,
      /** A writing verb of Belay's facades, without a {@link Tx}. */
      VERB
    }

    /** The fate of the changes that a body wrote. Immutable, safe for use by many threads. */
    public enum Outcome {
      /** The body returned: its changes are committed. */
      COMPLETED,
      /** The body chose {@link TxOutcome#rollback}. */
      ROLLED_BACK,
      /** The caller gets an exception. No change of the body stays, except in a call. */
      FAILED,
      /** The caller gets a {@link CommitUnknownException}. */
      UNKNOWN
    }
  }

  /**
   * A commit of a session. Immutable, safe for use by many threads.
   *
   * @param revision revision of the session after the commit, 0 if the commit was refused
   * @param events number of events that the commit appended, 0 if it was refused or replayed
   */
  record CommitEvent(String sessionId, CommitEvent.Outcome outcome, long revision, int events) {
    /** The outcome: see the records of the same names. Immutable, safe for use by many threads. */
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
   * The outcome of a verb on a lease. Immutable, safe for use by many threads.
   *
   * @param holder label of the holder that asked for the lease, or that renewed or released it
   * @param token token of the lease that was granted or used, 0 if none was granted
   * @param displaced the grant that this one replaces because it had lapsed; null if there was
   *     none, and unless the outcome is GRANTED
   */
  record LeaseEvent(
      String name,
      String holder,
      long token,
      LeaseEvent.Outcome outcome,
      LeaseEvent.@Nullable Displaced displaced) {
    /** An event without a displaced grant. */
    public LeaseEvent(String name, String holder, long token, LeaseEvent.Outcome outcome) {
      this(name, holder, token, outcome, null);
    }

    /**
     * A grant that had lapsed, neither renewed nor released. Immutable, safe for use by many
     * threads.
     *
     * @param holder its holder, which may still believe that it has the lease
     * @param token its token
     * @param expiredAt its expiry
     */
    public record Displaced(String holder, long token, Instant expiredAt) {}

    /** The outcome. Immutable, safe for use by many threads. */
    public enum Outcome {
      GRANTED,
      /** Another holder has the lease. */
      HELD,
      RENEWED,
      RELEASED,
      /** The lease could not be renewed or released: it had expired, or another holder has it. */
      LOST
    }
  }

  /** A change of a claim. Immutable, safe for use by many threads. */
  record ClaimEvent(
      String queue,
      long workId,
      String worker,
      long token,
      int attempt,
      ClaimEvent.Outcome outcome) {
    /** The kind of the change. Immutable, safe for use by many threads. */
    public enum Outcome {
      GRANTED,
      RENEWED,
      /** The claim could not be renewed: it had lapsed, or had been settled. */
      LOST
    }
  }

  /** The end of a claim. Immutable, safe for use by many threads. */
  record SettlementEvent(
      String queue,
      long workId,
      String worker,
      long token,
      int attempt,
      SettlementEvent.Outcome outcome) {
    /** The new state of the work. Immutable, safe for use by many threads. */
    public enum Outcome {
      COMPLETED,
      /** The attempt failed, and the work waits for its next attempt. */
      FAILED,
      DEFERRED,
      RELEASED,
      BURIED,
      /** The work had been marked for cancellation and is cancelled now. */
      CANCELLED,
      /** The claim was no longer live; nothing was changed. */
      CLAIM_LOST
    }
  }

  /**
   * A checkpoint. Immutable, safe for use by many threads if the failure is.
   *
   * @param pages number of pages that it copied from the WAL into the database file, 0 if it failed
   * @param pagesLeft number of pages that are still only in the WAL
   * @param failure the reason if the checkpoint failed, null otherwise; it is logged as well
   */
  record CheckpointEvent(int pages, int pagesLeft, Duration took, @Nullable Throwable failure) {}

  /**
   * An attempt at a piece of work that failed. Immutable, safe for use by many threads if the
   * failure is.
   *
   * @param attempt number of the attempt, from 1
   * @param attemptsMax number of failed attempts after which the work is buried
   * @param failure the exception that was thrown
   * @param outcome the effect on the work
   */
  record AttemptFailure(
      String queue,
      long workId,
      String worker,
      int attempt,
      int attemptsMax,
      Throwable failure,
      AttemptFailure.Outcome outcome) {
    /** The effect of a failed attempt on its work. Immutable, safe for use by many threads. */
    public enum Outcome {
      /** The work will be tried again. */
      RETRIED,
      /** The work is buried: this was its last attempt. */
      BURIED,
      /** The work had been marked for cancellation and is cancelled now. */
      CANCELLED,
      /** The handler had settled the work before it failed; that settlement stays. */
      SETTLED_BEFORE,
      /** The claim was lost before the failure could be stored. */
      CLAIM_LOST,
      /** The failure could not be stored; the work is tried again once its claim lapses. */
      UNSETTLED
    }

    /** Refuses null. */
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
