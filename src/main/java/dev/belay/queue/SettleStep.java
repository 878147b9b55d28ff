package dev.belay.queue;

import dev.belay.store.Ttl;
import dev.belay.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ends or renews one claim, if it is live. Belongs to the body that made it. */
final class SettleStep {
  private static final int CHARGED = 0;
  private static final int UNCHARGED = 1;

  private final String queue;
  private final WorkStepDao dao;
  private final LaneStepDao lanes;
  private final long nowMs;
  private final long id;
  private final long token;

  SettleStep(Tx tx, Claim claim) {
    this.queue = claim.queue();
    this.dao = tx.attach(WorkStepDao.class);
    this.lanes = tx.attach(LaneStepDao.class);
    this.nowMs = tx.now().toEpochMilli();
    this.id = claim.workId();
    this.token = claim.token();
  }

  boolean isLive() {
    return held().isPresent();
  }

  /** The work of the claim, if the claim is live. */
  Optional<HeldWork> held() {
    return dao.held(id, queue, token, nowMs);
  }

  Settlement complete(@Nullable String result) {
    Settlement settlement = finish(WorkState.DONE, null);
    if (settlement == Settlement.SETTLED && result != null) {
      dao.addResult(id, result);
    }
    return settlement;
  }

  Settlement bury(String reason) {
    return finish(WorkState.BURIED, reason);
  }

  Settlement fail(RetryPolicy retry, String error) {
    Optional<HeldWork> held = held();
    if (held.isEmpty()) {
      return Settlement.CLAIM_LOST;
    }
    if (held.get().lastAttempt()) {
      return giveBack(held.get(), WorkState.BURIED, null, CHARGED, error);
    }
    long dueAtMs = dueAtMs(retry.delayAfter(held.get().attempt()));
    return giveBack(held.get(), WorkState.WAITING, dueAtMs, CHARGED, error);
  }

  private long dueAtMs(@Nullable Duration delay) {
    if (delay == null || delay.isNegative()) {
      throw new IllegalStateException(
          "the retry policy must answer a delay that is not negative: " + delay);
    }
    try {
      return Math.addExact(nowMs, delay.toMillis());
    } catch (ArithmeticException e) {
      throw new IllegalStateException("the retry policy answered a delay too long: " + delay, e);
    }
  }

  /** Defers until {@code dueAtMs}; what is past is now. */
  Settlement defer(long dueAtMs) {
    return held()
        .map(held -> giveBack(held, WorkState.WAITING, dueAtMs, UNCHARGED, null))
        .orElse(Settlement.CLAIM_LOST);
  }

  Settlement release() {
    return defer(nowMs);
  }

  ClaimRenewal renew(Claim claim, long ttlMs) {
    long expiresAtMs = Ttl.expiryMs(nowMs, ttlMs);
    Optional<RenewedWork> renewed = dao.renew(id, queue, token, nowMs, expiresAtMs);
    if (renewed.isEmpty()) {
      return new ClaimRenewal.Lost();
    }
    String lane = renewed.get().lane();
    if (lane != null) {
      lanes.renewGrant(queue, lane, token, expiresAtMs, LaneGrant.GRANT_MAX);
    }
    return new ClaimRenewal.Renewed(
        claim.until(Instant.ofEpochMilli(expiresAtMs)), renewed.get().cancelRequested());
  }

  private Settlement finish(WorkState state, @Nullable String error) {
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

  /** The rest of the grant goes back: its holder will not work past what it could not do. */
  private void giveBackBehind(String lane, long linePos) {
    for (LinePlace place : lanes.line(queue, lane, LaneGrant.GRANT_MAX)) {
      if (place.linePos() > linePos && place.isHeldBy(token)) {
        if (place.cancelRequested()) {
          dao.giveUp(place.id(), token, WorkState.CANCELLED.name(), UNCHARGED, null, nowMs);
        } else {
          dao.giveBack(place.id(), token, null, UNCHARGED, null);
        }
      }
    }
  }
}
