package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.TokenSpace;
import dev.belay.store.TextRule;
import dev.belay.store.Ttl;
import dev.belay.store.Tx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The claiming verbs of one queue, for {@link WorkQueue} and its workers. Safe for use by many
 * threads.
 */
final class ClaimVerbs {
  /*
   * A claim that finds no READY work promotes due work. There may be very much of it, and no other
   * thread can write meanwhile. So a claim with transactions of its own promotes one round in each:
   * renewals, other threads and other processes can write in between. In the transaction of a
   * caller it makes a few rounds and leaves the rest to the next claim.
   */
  private final StoreEngine engine;
  private final TokenSpace tokens;
  private final ClaimRegistry held;
  private final GroupedVerbs grouped;
  private final String queue;

  ClaimVerbs(StoreQueues store, String queue) {
    this.engine = store.engine();
    this.tokens = store.tokens();
    this.held = store.held();
    this.queue = queue;
    this.grouped = new GroupedVerbs(store, queue);
  }

  /** Returns the function that claims up to {@code max} pieces of work. */
  static Function<ClaimStep, List<Claim>> batch(int max) {
    Counts.upTo(ClaimStep.BATCH_MAX, "max", max);
    return step -> step.batch(max);
  }

  /** Claims the next work; empty if there is none. */
  Optional<Claim> one(String worker, Duration ttl) {
    List<Claim> claims = grouped.claim(worker, ttl, 1);
    return claims.isEmpty() ? claim(worker, ttl, ClaimStep::one) : Optional.of(claims.get(0));
  }

  /**
   * Claims up to {@code max} pieces of work for a worker. May be fewer than are claimable: a group
   * ends before work in a lane.
   */
  List<Claim> batch(String worker, Duration ttl, int max) {
    Function<ClaimStep, List<Claim>> alone = batch(max);
    List<Claim> claims = grouped.claim(worker, ttl, max);
    return claims.isEmpty() ? claim(worker, ttl, alone) : claims;
  }

  /** Claims in as many transactions as it takes until something is claimed or nothing is due. */
  <T> T claim(String worker, Duration ttl, Function<ClaimStep, T> claim) {
    int filled = 0;
    while (true) {
      int before = filled;
      Tried<T> tried = engine.verb(tx -> tried(tx, worker, ttl, claim, 1, before));
      if (!tried.unfinished()) {
        return tried.value();
      }
      filled = tried.filled();
    }
  }

  /** Claims in {@code tx}, from the READY work and the work that it can promote there. */
  <T> T claim(Tx tx, String worker, Duration ttl, Function<ClaimStep, T> claim) {
    return tried(tx, worker, ttl, claim, ClaimStep.ROUNDS_MAX, 0).value();
  }

  private <T> Tried<T> tried(
      Tx tx, String worker, Duration ttl, Function<ClaimStep, T> claim, int rounds, int filled) {
    TextRule.id("worker", worker);
    long ttlMs = Ttl.toMs(ttl);
    return engine.all(
        tx,
        "WorkQueue.claim",
        all -> {
          ClaimStep step = new ClaimStep(all, queue, tokens, worker, ttlMs, rounds, filled);
          T value = claim.apply(step);
          return new Tried<>(value, step.isUnfinished(), step.filled());
        });
  }

  List<Claim> claimLane(Tx tx, String lane, String worker, Duration ttl, int max) {
    TextRule.id("lane", lane);
    TextRule.id("worker", worker);
    Counts.upTo(LaneGrant.GRANT_MAX, "max", max);
    long ttlMs = Ttl.toMs(ttl);
    return engine.all(
        tx,
        "WorkQueue.claimLane",
        all -> new LaneGrant(all, queue).claim(tokens, lane, worker, ttlMs, max));
  }

  List<Claim> claimMore(Tx tx, Claim claim, int max) {
    Counts.upTo(LaneGrant.GRANT_MAX, "max", max);
    Claim here = claim.inQueue(queue);
    return held.joined(
        tx,
        here,
        engine.all(
            tx, "WorkQueue.claimMore", all -> new LaneGrant(all, queue).claimMore(here, max)));
  }

  private record Tried<T>(T value, boolean unfinished, int filled) {}
}
