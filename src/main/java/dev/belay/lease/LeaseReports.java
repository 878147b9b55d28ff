package dev.belay.lease;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.StoreEngine.Event;
import dev.belay.store.BelayObserver.LeaseEvent;
import dev.belay.store.BelayObserver.LeaseEvent.Outcome;
import dev.belay.store.Tx;
import org.jspecify.annotations.Nullable;

/**
 * Reports the outcomes of verbs on leases to an observer. Stateless, safe for use by many threads.
 */
final class LeaseReports {
  private LeaseReports() {}

  static void reportHeld(Tx tx, String name, String holder) {
    StoreEngine engine = StoreEngine.observed(tx);
    if (engine != null) {
      LeaseEvent event = new LeaseEvent(name, holder, 0, Outcome.HELD);
      engine.tell(tx, Event.OUTCOME, observer -> observer.lease(event));
    }
  }

  static void reportGrant(Tx tx, Lease lease, @Nullable Displaced displaced) {
    StoreEngine engine = StoreEngine.observed(tx);
    if (engine != null) {
      LeaseEvent event =
          new LeaseEvent(
              lease.name(),
              lease.holder(),
              lease.token(),
              Outcome.GRANTED,
              displaced == null
                  ? null
                  : new LeaseEvent.Displaced(
                      displaced.holder(), displaced.token(), displaced.expiredAt()));
      engine.tell(tx, Event.COMMIT, observer -> observer.lease(event));
    }
  }

  static void report(Tx tx, Lease lease, Outcome outcome) {
    StoreEngine engine = StoreEngine.observed(tx);
    if (engine != null) {
      LeaseEvent event = new LeaseEvent(lease.name(), lease.holder(), lease.token(), outcome);
      Event when = outcome == Outcome.LOST ? Event.OUTCOME : Event.COMMIT;
      engine.tell(tx, when, observer -> observer.lease(event));
    }
  }
}
