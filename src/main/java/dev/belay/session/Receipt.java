package dev.belay.session;

import dev.belay.queue.Enqueued;
import java.util.List;

/**
 * The stored result of an operation, with which the store answers the same operation when it is
 * sent again. Immutable, safe for use by many threads, if no caller writes into {@code hash}.
 *
 * @param hashFormat the format of {@code hash}
 * @param hash the hash of the operation's content
 * @param revision the revision of the session after the operation
 * @param firstSeq the seq of the operation's first event; {@code lastSeq + 1} if it has none
 * @param lastSeq the seq of the last event in the log after the operation
 * @param enqueued the result for each piece of work that the operation enqueued, in its order
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
