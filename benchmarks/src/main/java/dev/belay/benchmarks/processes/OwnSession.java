package dev.belay.benchmarks.processes;

/**
 * A session that one caller alone writes, and what is known of its last write. Belongs to one
 * caller at a time.
 */
final class OwnSession {
  private final long no;
  private long revision = SessionFile.REVISION;
  private long seq = SessionFile.SEQ;
  private long lockedNanos;
  private long writtenNanos;

  OwnSession(long no) {
    this.no = no;
  }

  long no() {
    return no;
  }

  long revision() {
    return revision;
  }

  long seq() {
    return seq;
  }

  /** The write lock is held and the statements begin. */
  void locked() {
    lockedNanos = System.nanoTime();
  }

  /** The statements are done and the commit begins. */
  void written() {
    writtenNanos = System.nanoTime();
  }

  /** The write has been acknowledged. */
  void moved() {
    revision++;
    seq++;
  }

  long lockedNanos() {
    return lockedNanos;
  }

  long writtenNanos() {
    return writtenNanos;
  }
}
