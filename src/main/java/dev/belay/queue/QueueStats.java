package dev.belay.queue;

/**
 * The number of pieces of work of a queue in each state, from one snapshot. Immutable, safe for use
 * by many threads.
 *
 * @param scheduled enqueued for later
 * @param ready claimable now
 * @param waiting in line, not claimable
 * @param claimed with a worker, lapsed claims included
 * @param done completed and not yet purged
 * @param buried given up and not yet purged
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
  /** The number of pieces of work in one state. */
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
