package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.BelayObserver.AttemptFailure.Outcome;
import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Settles the claims of handlers of a worker, with retries until the result is known. Safe for use
 * by many threads.
 *
 * <p>While the store fails, it retries for as long as the claim is held; then it reports the
 * failure, and the claim lapses. A claim that is no longer live is not changed: its handler has
 * settled it, or it was lost.
 */
final class WorkerSettler {
  private static final long RETRY_NANOS_FIRST = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long RETRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final StoreEngine engine;
  private final SettleVerbs verbs;
  private final GroupedVerbs grouped;
  private final RetryPolicy retry;
  private final WorkerRenewals renewals;
  private final WorkerReports reports;

  WorkerSettler(
      StoreQueues store, WorkerSettings settings, WorkerRenewals renewals, WorkerReports reports) {
    this.engine = store.engine();
    this.verbs = new SettleVerbs(store, settings.queue());
    this.grouped = new GroupedVerbs(store, settings.queue());
    this.retry = settings.retry();
    this.renewals = renewals;
    this.reports = reports;
  }

  /** Completes each of {@code held} in a transaction of its own. */
  void complete(List<HeldClaim> held) {
    settle(held, one -> engine.verb(tx -> complete(tx, one)), this::completed, this::uncompleted);
  }

  /** Completes the open claims of {@code held} in {@code tx}. Returns the number completed. */
  int complete(Tx tx, HeldClaim held) {
    int settled = 0;
    for (RunClaim open : held.run().open()) {
      if (complete(tx, held, open) == Settlement.SETTLED) {
        settled++;
      }
    }
    if (settled > 0) {
      giveBackRest(tx, held.claim());
    }
    return settled;
  }

  /**
   * Completes those of {@code held} that an engine may complete in one round trip. Returns the
   * others, of which nothing has happened.
   */
  List<HeldClaim> completeGrouped(List<HeldClaim> held) {
    if (!grouped.isOpen()) {
      return held;
    }
    List<HeldClaim> rest = new ArrayList<>();
    List<HeldClaim> single = new ArrayList<>();
    List<GroupedVerbs.Completed> completions = new ArrayList<>();
    for (HeldClaim one : held) {
      List<RunClaim> open = one.run().open();
      if (open.size() == 1 && open.get(0).claim().workId() == one.claim().workId()) {
        single.add(one);
        completions.add(new GroupedVerbs.Completed(one.claim(), one.result()));
      } else {
        rest.add(one);
      }
    }
    List<Boolean> done = single.isEmpty() ? List.of() : grouped.complete(completions);
    for (int i = 0; i < done.size(); i++) {
      if (!done.get(i)) {
        rest.add(single.get(i));
      }
    }
    return rest;
  }

  private Settlement complete(Tx tx, HeldClaim held, RunClaim open) {
    Claim claim = open.claim();
    @Nullable String result = claim.workId() == held.claim().workId() ? held.result() : null;
    return verbs.complete(tx, claim, result);
  }

  /**
   * Gives back, uncharged, claims that joined the grant while the handler ended: no handler has
   * them.
   */
  private void giveBackRest(Tx tx, Claim claim) {
    String lane = claim.lane();
    if (lane != null) {
      new SettleStep(tx, claim).giveBackRest(lane);
    }
  }

  /** Notes that the open claims of {@code held} have been completed. */
  void completed(HeldClaim held) {
    drop(held);
    reports.completed(held);
  }

  /** Ends the renewals and notifications of {@code held}. */
  void drop(HeldClaim held) {
    renewals.drop(held);
  }

  /** Fails the first open claim of {@code held}; the other claims are given back. */
  void fail(HeldClaim held, Throwable thrown) {
    List<RunClaim> open = held.run().open();
    if (open.isEmpty()) {
      drop(held);
      reports.failed(held.claim(), thrown, Outcome.SETTLED_BEFORE);
    } else {
      failAt(held, open.get(0), thrown);
    }
  }

  /**
   * Completes the open claims of {@code held} before {@code refused}, which fails with its refusal.
   */
  void failRefused(HeldClaim held, RunClaim refused, Throwable refusal) {
    failAt(held, refused, refusal);
  }

  private void failAt(HeldClaim held, RunClaim failing, Throwable thrown) {
    String error = ErrorText.of(thrown);
    RetryPolicy asked = AskedPolicy.before(this::delayAfter, failing.claim());
    AtomicReference<Outcome> outcome = new AtomicReference<>(Outcome.UNSETTLED);
    settle(
        List.of(held),
        one -> outcome.set(engine.verb(tx -> failAt(tx, one, failing, asked, error))),
        this::drop);
    Outcome reported = outcome.get();
    if (reported == Outcome.CLAIM_LOST && reports.isSettled(failing)) {
      reported = Outcome.SETTLED_BEFORE;
    }
    reports.failed(failing.claim(), thrown, reported);
  }

  private Outcome failAt(Tx tx, HeldClaim held, RunClaim failing, RetryPolicy asked, String error) {
    for (RunClaim open : held.run().open()) {
      if (open == failing) {
        break;
      }
      Settlement unused = complete(tx, held, open);
    }
    return fail(tx, failing.claim(), asked, error);
  }

  private Outcome fail(Tx tx, Claim claim, RetryPolicy asked, String error) {
    return switch (verbs.fail(tx, claim, asked, error)) {
      case BURIED -> Outcome.BURIED;
      case CANCELLED -> Outcome.CANCELLED;
      case CLAIM_LOST -> Outcome.CLAIM_LOST;
      default -> Outcome.RETRIED;
    };
  }

  /** Calls the queue's policy. An invalid delay counts as an exception of the policy. */
  private Duration delayAfter(int attempt) {
    Duration delay = retry.delayAfter(attempt);
    long unused = SettleStep.dueAtMs(engine.clock().millis(), delay);
    return delay;
  }

  /** Gives back the open claims of {@code held}, uncharged. */
  void release(HeldClaim held) {
    settle(
        List.of(held),
        one -> engine.verb(tx -> giveBack(one, claim -> verbs.release(tx, claim))),
        this::drop);
  }

  /** Defers work whose handler may still run until its claim would have lapsed. */
  void giveBackAtExpiry(HeldClaim held) {
    drop(held);
    Instant expiresAt = held.claim().expiresAt();
    settle(
        List.of(held),
        one -> engine.verb(tx -> giveBack(one, claim -> verbs.defer(tx, claim, expiresAt))),
        one -> {});
    held.givenBack();
  }

  /** Gives back the first claim that is still live, and with it the claims behind it. */
  private static Settlement giveBack(HeldClaim held, GivingBack verb) {
    Settlement settlement = Settlement.CLAIM_LOST;
    for (RunClaim open : held.run().open()) {
      settlement = verb.apply(open.claim());
      if (settlement == Settlement.SETTLED) {
        break;
      }
    }
    return settlement;
  }

  private interface GivingBack {
    Settlement apply(Claim claim);
  }

  private interface Verb {
    void apply(HeldClaim held);
  }

  /** The action after a claim is settled or no longer live. */
  private interface Done {
    void accept(HeldClaim held);
  }

  private interface Failed {
    void accept(HeldClaim held, Throwable failure);
  }

  private void settle(List<HeldClaim> held, Verb verb, Done done) {
    settle(held, verb, done, this::couldNot);
  }

  /**
   * Tries each claim, then those that failed again, so that no claim waits for the retries of
   * another.
   */
  private void settle(List<HeldClaim> held, Verb verb, Done done, Failed failed) {
    long retryNanos = RETRY_NANOS_FIRST;
    try {
      List<HeldClaim> left = new ArrayList<>(held);
      while (true) {
        left.removeIf(one -> tried(one, verb, done, failed));
        if (left.isEmpty()) {
          return;
        }
        LockSupport.parkNanos(this, retryNanos);
        retryNanos = Math.min(2 * retryNanos, RETRY_NANOS_MAX);
      }
    } finally {
      held.forEach(this::drop);
    }
  }

  /** Tries once. Returns false if it must be retried. */
  private boolean tried(HeldClaim held, Verb verb, Done done, Failed failed) {
    try {
      verb.apply(held);
    } catch (StoreClosedException e) {
      failed.accept(held, e);
      return true;
    } catch (StoreException e) {
      boolean unused = Thread.interrupted(); // that of close(), which would make the retry fail
      boolean again = e.isRetryable() || e instanceof CommitUnknownException;
      if (again && held.isHeld()) {
        return false;
      }
      failed.accept(held, e);
      return true;
    } catch (RuntimeException | Error e) {
      failed.accept(held, e);
      return true;
    }
    done.accept(held);
    return true;
  }

  /** Reports work that was done but could not be completed because the store failed. */
  void uncompleted(HeldClaim held, Throwable failure) {
    couldNot(held, failure);
    reports.failed(held.claim(), failure, Outcome.UNSETTLED);
  }

  /** Logs that {@code held} could not be settled. */
  void couldNot(HeldClaim held, Throwable failure) {
    engine.warn(held.claim() + " could not be settled and will lapse", failure);
  }
}
