package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreReadOnlyException;
import dev.belay.store.Tx;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The retentions that this process has set for the queues of one open store. Safe for use by many
 * threads.
 */
final class RetentionSettings {
  private final Map<String, Retention> explicit = new ConcurrentHashMap<>();

  /**
   * Takes the retention of {@code options}.
   *
   * @throws IllegalArgumentException if other options of this store set a different time
   */
  void agree(String queue, QueueOptions options) {
    Retention now = options.explicitRetention();
    if (now.isNone()) {
      return;
    }
    explicit.merge(
        queue,
        now,
        (before, asked) -> {
          if (before.contradicts(asked)) {
            throw new IllegalArgumentException(
                "queue "
                    + queue
                    + " already has the retention "
                    + before
                    + " in this store; it cannot also have "
                    + asked);
          }
          return before.or(asked);
        });
  }

  /** Stores the retention that was set in this process, unless the store is read-only. */
  void store(StoreEngine engine, String queue) {
    if (explicit.containsKey(queue)) {
      try {
        var unused = engine.verb(tx -> keep(tx, queue));
      } catch (StoreReadOnlyException e) {
        // no purge can run here either
      }
    }
  }

  /** Returns the stored retention, which another process may have set. */
  Retention stored(Tx tx, String queue) {
    return tx.attach(RetentionDao.class).find(queue).orElse(Retention.NONE);
  }

  /**
   * Stores the retention that was set in this process over the stored one, and returns the result.
   */
  Retention keep(Tx tx, String queue) {
    Retention stored = stored(tx, queue);
    Retention wanted = explicit.getOrDefault(queue, Retention.NONE).or(stored);
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
