package dev.belay.benchmarks.store;

/** The session that one caller alone writes, and where its head is. Belongs to that caller. */
final class OwnSession {
  private final String id;
  private final long no;
  private long revision;
  private long lastSeq;

  OwnSession(String id, long no, long revision, long lastSeq) {
    this.id = id;
    this.no = no;
    this.revision = revision;
    this.lastSeq = lastSeq;
  }

  String id() {
    return id;
  }

  long no() {
    return no;
  }

  long revision() {
    return revision;
  }

  long lastSeq() {
    return lastSeq;
  }

  /** After {@code count} operations that were acknowledged. */
  void advanced(int count) {
    revision += count;
    lastSeq += count;
  }

  /** After a failure that left open whether the operation happened. */
  void foundAt(long revision, long lastSeq) {
    this.revision = revision;
    this.lastSeq = lastSeq;
  }
}
