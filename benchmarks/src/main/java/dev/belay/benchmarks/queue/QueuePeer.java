package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;

/**
 * A queue to be measured. Immutable.
 *
 * @param <S> the place of its store, which is new for each run
 */
public interface QueuePeer<S> {
  /** As in the table. */
  String name();

  /** So many that a run takes seconds; rates are compared, so peers may differ. */
  int items(Effort effort);

  /** Whether it can be measured on this machine; if not, it has said why. */
  default boolean isHere(Effort effort) {
    return true;
  }

  /**
   * Puts {@code count} items through a new store, each exactly once.
   *
   * @throws IllegalStateException if an item was not done, or done twice
   */
  Rates run(S place, int count) throws Exception;

  /** Items a second: until all are enqueued, and until all are completed. Immutable. */
  record Rates(double in, double through) {}
}
