package dev.belay.session;

import dev.belay.queue.Enqueued;
import java.util.List;

/**
 * What the store keeps of an operation, to answer it when it is sent again. Immutable as long as
 * nobody writes into {@code hash}, safe for use by many threads.
 *
 * @param hashFormat how {@code hash} was made
 * @param hash of the operation's content
 * @param revision the revision that it made
 * @param firstSeq its first event; {@code lastSeq + 1} if it has none
 * @param lastSeq the last event of the log after it
 * @param enqueued the result for each piece of work it enqueued, in its order
 */
@SuppressWarnings("ArrayRecordComponent") // compared by OperationHash, never by equals
public record Receipt(
    int hashFormat,
    byte[] hash,
    long revision,
    long firstSeq,
    long lastSeq,
    List<Enqueued> enqueued) {
  /** Copies {@code enqueued}. */
  public Receipt {
    enqueued = List.copyOf(enqueued);
  }
}
