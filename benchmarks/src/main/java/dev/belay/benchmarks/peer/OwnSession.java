package dev.belay.benchmarks.peer;

/**
 * A session that one caller alone writes: where its head is, and what is known of its last write.
 * Belongs to one caller at a time.
 */
public final class OwnSession {
  private final String id;
  private final long no;
  private long revision;
  private long lastSeq;
  private long lockedNanos;
  private long writtenNanos;

  OwnSession(String id, long no, long revision, long lastSeq) {
    this.id = id;
    this.no = no;
    this.revision = revision;
    this.lastSeq = lastSeq;
  }

  /** Its name. */
  public String id() {
    return id;
  }

  /** Its key. */
  public long no() {
    return no;
  }

  /** As it was last known. */
  public long revision() {
    return revision;
  }

  /** The number of its last event, as it was last known. */
  public long lastSeq() {
    return lastSeq;
  }

  /** After {@code count} operations that were acknowledged. */
  public void advanced(int count) {
    revision += count;
    lastSeq += count;
  }

  /** After a failure that left open whether the operation happened. */
  public void foundAt(long revision, long lastSeq) {
    this.revision = revision;
    this.lastSeq = lastSeq;
  }

  /** The write lock is held and the statements begin, if anybody wants to know. */
  public void locked() {
    lockedNanos = System.nanoTime();
  }

  /** The statements are done and the commit begins. */
  public void written() {
    writtenNanos = System.nanoTime();
  }

  /** When {@link #locked}. */
  public long lockedNanos() {
    return lockedNanos;
  }

  /** When {@link #written}. */
  public long writtenNanos() {
    return writtenNanos;
  }
}
