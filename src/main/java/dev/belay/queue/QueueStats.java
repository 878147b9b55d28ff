package dev.belay.queue;

/**
 * The number of pieces of work of a queue in each state, from one snapshot. Immutable, safe for use
 * by many threads.
 *
 * @param scheduled enqueued for later
 * @param ready claimable now
 * @param waiting not claimable yet: behind the head of a lane, or failed or deferred until later
 * @param claimed claimed by a worker, including lapsed claims
 * @param done completed and not yet purged
 * @param buried finished without success and not yet purged
 * @param cancelled cancelled and not yet purged
 */
public record QueueStats(
    long scheduled,
    long ready,
    long waiting,
    long claimed,
    long done,
    long buried,
    long cancelled) {
  /** Returns the number of pieces of work in one state. */
  public long count(WorkState state) {
    return switch (state) {
      case SCHEDULED -> scheduled;
      case READY -> ready;
      case WAITING -> waiting;
      case CLAIMED -> claimed;
      case DONE -> done;
      case BURIED -> buried;
      case CANCELLED -> cancelled;
    };
  }
}
