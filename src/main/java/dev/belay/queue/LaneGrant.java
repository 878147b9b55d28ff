package dev.belay.queue;

import dev.belay.engine.RowLocks;
import dev.belay.engine.TokenSpace;
import dev.belay.queue.LaneDao.LinePlace;
import dev.belay.queue.SettleDao.HeldWork;
import dev.belay.store.Ttl;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;

/** Claims the front of a lane's line under one token. Belongs to the body that made it. */
final class LaneGrant {
  /*
   * A grant is always the front of its line: it is claimed from the head on, settled front to back,
   * and given back from one claim to its end. So every walk of a grant ends after GRANT_MAX places,
   * even if the line is longer.
   */

  /** The maximum number of claims of one lane grant: 100. */
  static final int GRANT_MAX = 100;

  private final Tx tx;
  private final String queue;
  private final ClaimDao claims;
  private final SettleDao dao;
  private final LaneDao lanes;
  private final PromoteDue promote;
  private final long nowMs;
  private final RowLocks locks;

  LaneGrant(Tx tx, String queue) {
    this.tx = tx;
    this.queue = queue;
    this.claims = tx.attach(ClaimDao.class);
    this.dao = tx.attach(SettleDao.class);
    this.lanes = tx.attach(LaneDao.class);
    this.promote = new PromoteDue(tx, queue);
    this.nowMs = tx.now().toEpochMilli();
    this.locks = RowLocks.of(tx);
  }

  /** Claims a new grant of the lane. Returns an empty list if its head cannot be claimed now. */
  List<Claim> claim(TokenSpace tokens, String lane, String worker, long ttlMs, int max) {
    long expiresAtMs = Ttl.expiryMs(nowMs, ttlMs);
    long lastToken = locks.lane(tx, queue, lane);
    promote.joinLineForGrant(lane);
    List<LinePlace> ready = readyFrom(line(lane), 0, max);
    if (ready.isEmpty()) {
      return List.of();
    }
    long token = tokens.next(tx, 1, lastToken);
    locks.laneGranted(tx, queue, lane, token);
    return claim(ready, token, worker, expiresAtMs);
  }

  /**
   * Claims work behind the grant of a live claim, and adds it to that grant. Returns an empty list
   * if no work can join, or if the claim is not live.
   */
  List<Claim> claimMore(Claim claim, int max) {
    if (claim.lane() != null) {
      locks.lane(tx, queue, claim.lane());
    }
    HeldWork held = dao.held(claim.workId(), queue, claim.token(), nowMs).orElse(null);
    String lane = held == null ? null : held.lane();
    if (held == null || lane == null) {
      return List.of();
    }
    promote.joinLineForGrant(lane);
    List<LinePlace> line = lanes.line(queue, lane, GRANT_MAX);
    int size = 0;
    while (size < line.size() && line.get(size).isHeldBy(held.token())) {
      if (line.get(size).lapses() > 0) {
        return List.of(); // work with a lapsed claim is granted alone
      }
      size++;
    }
    return claim(readyFrom(line, size, max), held.token(), held.worker(), held.expiresAtMs());
  }

  /** Ends the grant at the head if it has lapsed, and returns the front of the line. */
  private List<LinePlace> line(String lane) {
    List<LinePlace> line = lanes.line(queue, lane, GRANT_MAX);
    LinePlace head = line.isEmpty() ? null : line.get(0);
    Long expiresAtMs = head == null ? null : head.expiresAtMs();
    if (head != null && expiresAtMs != null && expiresAtMs <= nowMs) {
      promote.lapse(head.id(), lane, head.token(), expiresAtMs);
      return lanes.line(queue, lane, GRANT_MAX);
    }
    return line;
  }

  private List<LinePlace> readyFrom(List<LinePlace> line, int first, int max) {
    ByteBudget budget = new ByteBudget();
    int end = first;
    while (end < line.size() && end - first < max && line.get(end).isClaimable(nowMs)) {
      // Work with a lapsed claim is granted alone, so it must be the head.
      if (line.get(end).lapses() > 0) {
        return end == 0 ? line.subList(0, 1) : line.subList(first, end);
      }
      if (max > 1 && !budget.takes(claims.payloadBytes(line.get(end).id()).orElse(0L))) {
        break;
      }
      end++;
    }
    return line.subList(first, end);
  }

  private List<Claim> claim(List<LinePlace> places, long token, String worker, long expiresAtMs) {
    ClaimTerms terms = new ClaimTerms(tx, queue, worker, expiresAtMs);
    List<Claim> claims = new ArrayList<>(places.size());
    for (LinePlace place : places) {
      claims.add(terms.claim(terms.claimable(place.id()), token));
    }
    return claims;
  }
}
