package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreReadOnlyException;
import dev.belay.store.Tx;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How long the queues of one open store keep finished work. Safe for use by many threads. */
final class RetentionSettings {
  private final Map<String, Retention> said = new ConcurrentHashMap<>();

  /** Takes what {@code options} set; refuses a time that differs from one that is set. */
  void agree(String queue, QueueOptions options) {
    Retention now = options.explicitRetention();
    if (now.isNone()) {
      return;
    }
    said.merge(
        queue,
        now,
        (before, asked) -> {
          if (before.contradicts(asked)) {
            throw new IllegalArgumentException(
                "queue "
                    + queue
                    + " has the retention "
                    + before
                    + " in this store, and cannot have "
                    + asked
                    + " beside it");
          }
          return before.or(asked);
        });
  }

  /** Stores what was set in this process, if the store can be written. */
  void store(StoreEngine engine, String queue) {
    if (said.containsKey(queue)) {
      try {
        var unused = engine.verb(tx -> keep(tx, queue));
      } catch (StoreReadOnlyException e) {
        // no purge can run here either; a verb that must write throws
      }
    }
  }

  /** Returns what is stored: another process may have stored it last. */
  Retention stored(Tx tx, String queue) {
    return tx.attach(RetentionDao.class).find(queue).orElse(Retention.NONE);
  }

  /**
   * Stores what was set in this process. Returns what holds: that, else what is stored. The last to
   * be stored wins.
   */
  Retention keep(Tx tx, String queue) {
    Retention stored = stored(tx, queue);
    Retention wanted = said.getOrDefault(queue, Retention.NONE).or(stored);
    if (!wanted.equals(stored)) {
      tx.attach(RetentionDao.class).keep(queue, wanted.ms(), wanted.buriedMs());
      tx.afterCommit(
          () ->
              System.getLogger("dev.belay")
                  .log(
                      System.Logger.Level.INFO,
                      "queue "
                          + queue
                          + " keeps finished work for "
                          + wanted
                          + "; before: "
                          + stored));
    }
    return wanted;
  }
}
