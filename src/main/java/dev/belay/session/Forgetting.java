package dev.belay.session;

import dev.belay.engine.StoreEngine;
import dev.belay.session.ForgetStep.Forgotten;
import dev.belay.store.Tx;
import java.time.Instant;

/** Forgets old operations of one session. Immutable, safe for use by many threads. */
final class Forgetting {
  private final StoreEngine engine;
  private final Freeing freeing;
  private final String id;
  private final long beforeMs;

  Forgetting(StoreEngine engine, Freeing freeing, String id, Instant before) {
    this.engine = engine;
    this.freeing = freeing;
    this.id = Arguments.sessionId(id);
    this.beforeMs = Arguments.millis("before", before);
  }

  /** Forgets in transactions of its own. Returns the number of operations forgotten. */
  int run() {
    Forgotten forgotten = Forgotten.NONE;
    while (forgotten.more()) {
      Forgotten before = forgotten;
      forgotten =
          engine.<Forgotten, RuntimeException>verb(
              tx -> {
                Forgotten next = new ForgetStep(tx, id, beforeMs).after(before);
                freeing.look(tx);
                return next;
              });
    }
    return forgotten.count();
  }

  /** Forgets in {@code tx}. Returns the number of operations forgotten. */
  int run(Tx tx) {
    int count = new ForgetStep(tx, id, beforeMs).all().count();
    freeing.look(tx);
    return count;
  }
}
