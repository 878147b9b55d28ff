package dev.belay.session;

import dev.belay.store.StoreCorruptException;
import org.jspecify.annotations.Nullable;

/**
 * What a commit needs to know of its session. Immutable, safe for use by many threads.
 *
 * @param no stands for the id in the other tables
 * @param revision how many commits it has seen, 0: the session does not exist
 * @param leafSeq the event at which it stands, 0 for none
 * @param lastSeq the last event of its log, 0 for none
 * @param deleted whether its id is burnt
 * @param receipt of the operation that was asked for, if it has one
 */
public record SessionHead(
    long no,
    long revision,
    long leafSeq,
    long lastSeq,
    boolean deleted,
    @Nullable Receipt receipt) {
  /** The largest revision and seq: no sum of one and the size of a commit overflows. */
  public static final long COUNTER_MAX = Long.MAX_VALUE / 2;

  /** The head of a session that does not exist. */
  static final SessionHead ABSENT = new SessionHead(0, 0, 0, 0, false, null);

  /** Refuses what Belay never writes, so that no counter wraps. */
  public SessionHead {
    if (revision < 0
        || revision > COUNTER_MAX
        || lastSeq < 0
        || lastSeq > COUNTER_MAX
        || leafSeq < 0
        || leafSeq > lastSeq) {
      throw new StoreCorruptException(
          "session no. "
              + no
              + " has revision "
              + revision
              + ", leaf "
              + leafSeq
              + ", last event "
              + lastSeq,
          null);
    }
  }
}
