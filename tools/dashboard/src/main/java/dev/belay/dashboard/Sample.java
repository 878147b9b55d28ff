package dev.belay.dashboard;

/**
 * What happened in one store during one interval of {@link SampleRing#INTERVAL}. Guarded by its
 * ring.
 */
final class Sample implements Cloneable {
  /** The number of transactions that ended with their changes committed. */
  long writes;

  /** The number of reads. */
  long reads;

  /** The number of bodies whose caller got an exception. */
  long failed;

  /** The longest time that a body waited for its beginning. */
  long waitMaxNanos;

  /** The longest time that a body waited for the lock of another process. */
  long lockMaxNanos;

  /** The number of bodies that waited for the lock of another process. */
  long lockWaits;

  /** The number of pieces of work that were completed. */
  long done;

  /** The number of attempts that failed or buried their work. */
  long attemptsFailed;

  /** The number of leases that were granted after another holder's had lapsed. */
  long takeovers;

  /** The number of verbs that were refused because a lease or claim was no longer live. */
  long stale;

  Sample copy() {
    try {
      return (Sample) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
