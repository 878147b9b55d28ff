package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.StoreEngine.Event;
import dev.belay.store.BelayObserver.ClaimEvent;
import dev.belay.store.BelayObserver.SettlementEvent;
import dev.belay.store.Tx;

/**
 * Reports claims and their settlements to the observer of the store. Stateless, safe for use by
 * many threads.
 */
final class ClaimReports {
  private ClaimReports() {}

  static void report(Tx tx, Claim claim, ClaimEvent.Outcome outcome) {
    StoreEngine engine = StoreEngine.observed(tx);
    if (engine != null) {
      ClaimEvent event =
          new ClaimEvent(
              claim.queue(),
              claim.workId(),
              claim.worker(),
              claim.token(),
              claim.attempt(),
              outcome);
      Event when = outcome == ClaimEvent.Outcome.LOST ? Event.OUTCOME : Event.COMMIT;
      engine.tell(tx, when, observer -> observer.claim(event));
    }
  }

  static void settled(Tx tx, Claim claim, SettlementEvent.Outcome outcome) {
    settled(tx, claim, claim.workId(), claim.attempt(), outcome);
  }

  /** Reports the settlement of work in the grant of {@code claim}. */
  static void settled(
      Tx tx, Claim claim, long workId, int attempt, SettlementEvent.Outcome outcome) {
    StoreEngine engine = StoreEngine.observed(tx);
    if (engine != null) {
      SettlementEvent event =
          new SettlementEvent(
              claim.queue(), workId, claim.worker(), claim.token(), attempt, outcome);
      Event when = outcome == SettlementEvent.Outcome.CLAIM_LOST ? Event.OUTCOME : Event.COMMIT;
      engine.tell(tx, when, observer -> observer.settlement(event));
    }
  }
}
