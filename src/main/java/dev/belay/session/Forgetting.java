package dev.belay.session;

import dev.belay.engine.BatchSize;
import dev.belay.engine.StoreEngine;
import dev.belay.session.ForgetStep.Forgotten;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.time.Instant;
import java.util.List;

/** Forgets old operations of one session. Immutable, safe for use by many threads. */
final class Forgetting {
  private static final int NAMED_MAX = 10;

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
    BatchSize size = new BatchSize(ForgetStep.LOOK_MAX);
    while (forgotten.more()) {
      Forgotten before = forgotten;
      int tries = size.next(ForgetStep.LOOK_MAX);
      try {
        forgotten = step(tx -> new ForgetStep(tx, id, beforeMs).after(before, tries));
        size.accepted(tries);
      } catch (StoreException e) {
        throw e;
      } catch (RuntimeException refusal) {
        if (!size.refused(tries)) {
          forgotten = step(tx -> new ForgetStep(tx, id, beforeMs).passOver(before, refusal));
        }
      }
    }
    report(forgotten);
    return forgotten.count();
  }

  private interface Step {
    Forgotten in(Tx tx);
  }

  private Forgotten step(Step step) {
    return engine.<Forgotten, RuntimeException>verb(
        tx -> {
          Forgotten next = step.in(tx);
          freeing.look(tx);
          return next;
        });
  }

  /** Forgets in {@code tx}. Returns the number of operations forgotten. */
  int run(Tx tx) {
    Forgotten forgotten = new ForgetStep(tx, id, beforeMs).all();
    freeing.look(tx);
    tx.afterCommit(() -> report(forgotten));
    return forgotten.count();
  }

  private void report(Forgotten forgotten) {
    List<String> kept = forgotten.kept();
    if (!kept.isEmpty()) {
      engine.warn(
          "session '"
              + id
              + "': "
              + kept.size()
              + " operations cannot be forgotten, because something in the database needs them: "
              + kept.subList(0, Math.min(NAMED_MAX, kept.size())),
          forgotten.failure() != null
              ? forgotten.failure()
              : new IllegalStateException("a trigger keeps them"));
    }
  }
}
