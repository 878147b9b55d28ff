package dev.belay.queue;

import dev.belay.engine.RowLocks;
import dev.belay.engine.StoreEngine;
import dev.belay.queue.LaneDao.LinePlace;
import dev.belay.queue.SettleDao.HeldWork;
import dev.belay.queue.SettleDao.RenewedWork;
import dev.belay.store.BelayObserver.ClaimEvent;
import dev.belay.store.BelayObserver.SettlementEvent.Outcome;
import dev.belay.store.Ttl;
import dev.belay.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Settles or renews one claim, if it is live. Belongs to the body that made it. */
final class SettleStep {
  private static final int CHARGED = 0;
  private static final int UNCHARGED = 1;

  private final Tx tx;
  private final Claim claim;
  private final String queue;
  private final SettleDao dao;
  private final LaneDao lanes;
  private final long nowMs;
  private final long id;
  private final long token;
  private @Nullable Throwable policyFailure;

  /** Returns the step of a claim whose lane, if it has one, is locked now. */
  static SettleStep of(Tx tx, Claim claim) {
    String lane = claim.lane();
    if (lane != null) {
      RowLocks.of(tx).lane(tx, claim.queue(), lane);
    }
    return new SettleStep(tx, claim);
  }

  /** Prepares the step of a claim whose lane, if it has one, is locked. */
  SettleStep(Tx tx, Claim claim) {
    this.tx = tx;
    this.claim = claim;
    this.queue = claim.queue();
    this.dao = tx.attach(SettleDao.class);
    this.lanes = tx.attach(LaneDao.class);
    this.nowMs = tx.now().toEpochMilli();
    this.id = claim.workId();
    this.token = claim.token();
  }

  boolean isLive() {
    return held().isPresent();
  }

  /** Returns the work of the claim, if the claim is live. */
  Optional<HeldWork> held() {
    RowLocks.of(tx).work(tx, id);
    return dao.held(id, queue, token, nowMs);
  }

  Settlement complete(@Nullable String result) {
    Settlement settlement = finish(WorkState.DONE, null);
    if (settlement == Settlement.SETTLED && result != null) {
      dao.addResult(id, result);
    }
    return reported(settlement, Outcome.COMPLETED);
  }

  Settlement bury(String reason) {
    return reported(finish(WorkState.BURIED, reason), Outcome.BURIED);
  }

  /** Fails the claim. Returns FAILED, BURIED, CANCELLED or CLAIM_LOST. */
  Outcome fail(RetryPolicy retry, String error) {
    Optional<HeldWork> held = held();
    if (held.isEmpty()) {
      reported(Settlement.CLAIM_LOST, Outcome.CLAIM_LOST);
      return Outcome.CLAIM_LOST;
    }
    boolean last = held.get().lastAttempt();
    @Nullable Long dueAtMs = last ? null : dueAtMs(nowMs, delayAfter(retry, held.get().attempt()));
    WorkState state = last ? WorkState.BURIED : WorkState.WAITING;
    Settlement settlement = giveBack(held.get(), state, dueAtMs, CHARGED, error);
    Outcome outcome = orCancelled(held.get(), last ? Outcome.BURIED : Outcome.FAILED);
    reported(settlement, outcome);
    return outcome;
  }

  /**
   * Calls the policy. If it throws, the default policy is used, so that the failure is stored in
   * any case.
   */
  private Duration delayAfter(RetryPolicy retry, int attempt) {
    try {
      return retry.delayAfter(attempt);
    } catch (Throwable e) {
      policyFailure = e;
      return RetryPolicy.exponential().delayAfter(attempt);
    }
  }

  /** Returns the exception of the retry policy, or null if it has not thrown. */
  @Nullable Throwable policyFailure() {
    return policyFailure;
  }

  /**
   * Returns the time at which {@code delay} is over, in milliseconds.
   *
   * @throws IllegalStateException if the delay is null, negative or too long
   */
  static long dueAtMs(long nowMs, @Nullable Duration delay) {
    if (delay == null || delay.isNegative()) {
      throw new IllegalStateException(
          "the retry policy must return a delay that is not negative: " + delay);
    }
    try {
      return Math.addExact(nowMs, delay.toMillis());
    } catch (ArithmeticException e) {
      throw new IllegalStateException(
          "the retry policy returned a delay that is too long: " + delay, e);
    }
  }

  /** Defers the work until {@code dueAtMs}; a time in the past means now. */
  Settlement defer(long dueAtMs) {
    return giveBackUntil(dueAtMs, Outcome.DEFERRED);
  }

  Settlement release() {
    return giveBackUntil(nowMs, Outcome.RELEASED);
  }

  private Settlement giveBackUntil(long dueAtMs, Outcome outcome) {
    Optional<HeldWork> held = held();
    if (held.isEmpty()) {
      return reported(Settlement.CLAIM_LOST, Outcome.CLAIM_LOST);
    }
    Settlement given = giveBack(held.get(), WorkState.WAITING, dueAtMs, UNCHARGED, null);
    return reported(given, orCancelled(held.get(), outcome));
  }

  private static Outcome orCancelled(HeldWork held, Outcome outcome) {
    return held.cancelRequested() ? Outcome.CANCELLED : outcome;
  }

  private Settlement reported(Settlement settlement, Outcome outcome) {
    boolean settled = settlement == Settlement.SETTLED;
    ClaimReports.settled(tx, claim, settled ? outcome : Outcome.CLAIM_LOST);
    return settlement;
  }

  ClaimRenewal renew(Claim asGiven, long ttlMs) {
    long expiresAtMs = Ttl.expiryMs(nowMs, ttlMs);
    Optional<RenewedWork> renewed = dao.renew(id, queue, token, nowMs, expiresAtMs);
    if (renewed.isEmpty()) {
      ClaimReports.report(tx, claim, ClaimEvent.Outcome.LOST);
      return new ClaimRenewal.Lost();
    }
    ClaimReports.report(tx, claim, ClaimEvent.Outcome.RENEWED);
    String lane = renewed.get().lane();
    if (lane != null) {
      lanes.renewGrant(queue, lane, token, expiresAtMs, LaneGrant.GRANT_MAX);
    }
    return new ClaimRenewal.Renewed(
        asGiven.until(Instant.ofEpochMilli(expiresAtMs)), renewed.get().cancelRequested());
  }

  private Settlement finish(WorkState state, @Nullable String error) {
    if (claim.lane() == null
        && dao.finishUnlaned(id, queue, token, state.name(), error, nowMs) == 1) {
      return Settlement.SETTLED;
    }
    Optional<String> lane = dao.finish(id, queue, token, state.name(), error, nowMs);
    if (lane.isEmpty()) {
      if (isLive()) {
        throw new IllegalStateException(
            "work "
                + id
                + " in queue "
                + queue
                + " cannot be finished while earlier work of its lane grant is open");
      }
      return Settlement.CLAIM_LOST;
    }
    if (!lane.get().isEmpty()) {
      lanes.readyHead(queue, lane.get());
    }
    return Settlement.SETTLED;
  }

  private Settlement giveBack(
      HeldWork held,
      WorkState state,
      @Nullable Long dueAtMs,
      int uncharged,
      @Nullable String error) {
    String lane = held.lane();
    if (lane != null) {
      giveBackBehind(lane, held.linePos());
    }
    if (held.cancelRequested()) {
      dao.giveUp(id, token, WorkState.CANCELLED.name(), uncharged, error, nowMs);
    } else if (state == WorkState.BURIED) {
      dao.giveUp(id, token, state.name(), uncharged, error, nowMs);
    } else {
      boolean later = dueAtMs != null && dueAtMs > nowMs;
      dao.giveBack(id, token, later ? dueAtMs : null, uncharged, error);
    }
    if (lane != null) {
      lanes.readyHead(queue, lane);
    }
    return Settlement.SETTLED;
  }

  /** Gives back, uncharged, the rest of the grant after its front was finished. */
  void giveBackRest(String lane) {
    List<LinePlace> head = lanes.line(queue, lane, 1);
    if (!head.isEmpty() && head.get(0).isHeldBy(token)) {
      giveBackBehind(lane, 0);
      lanes.readyHead(queue, lane);
    }
  }

  /**
   * Gives back the claims behind a claim in its grant, because they must not be done before its
   * work.
   */
  private void giveBackBehind(String lane, long linePos) {
    for (LinePlace place : lanes.line(queue, lane, LaneGrant.GRANT_MAX)) {
      if (place.linePos() > linePos && place.isHeldBy(token)) {
        reportGivenBack(place);
        if (place.cancelRequested()) {
          dao.giveUp(place.id(), token, WorkState.CANCELLED.name(), UNCHARGED, null, nowMs);
        } else {
          dao.giveBack(place.id(), token, null, UNCHARGED, null);
        }
      }
    }
  }

  /**
   * Reports a claim behind the settled one as given back. Its attempt is read only if there is an
   * observer.
   */
  private void reportGivenBack(LinePlace place) {
    if (StoreEngine.observed(tx) != null) {
      Outcome outcome = place.cancelRequested() ? Outcome.CANCELLED : Outcome.RELEASED;
      dao.held(place.id(), queue, token, nowMs)
          .ifPresent(held -> ClaimReports.settled(tx, claim, place.id(), held.attempt(), outcome));
    }
  }
}
