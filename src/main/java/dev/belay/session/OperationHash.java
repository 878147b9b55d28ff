package dev.belay.session;

import dev.belay.session.SessionDao.Receipt;
import dev.belay.session.Turn.Enqueue;
import dev.belay.store.StoreCorruptException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hash with which the store compares the content of an operation that is sent again. Immutable,
 * safe for use by many threads.
 */
final class OperationHash {
  /* Format 1 is SHA-256 over the fields below. A number is 8 bytes, big-endian. A text is the
   * number of its UTF-8 bytes, followed by these bytes.
   *
   *   session id, text
   *   parent: its seq, or -1 for the leaf
   *   number of events; of each: type, payload, then its id, or -1 for none
   *   state, text, or -1 for unchanged
   *   only if it enqueues work: number of pieces; of each: queue, type, payload, key, or -1 for
   *   none, lane, or -1 for none
   *
   * The end of every field is known from its bytes, so no two contents give the same bytes. -1 is
   * neither a length nor a seq. Not included are the expected revision, claims and leases, the
   * results of claims, and the priority, time and attempts of work: they may differ when the same
   * operation is sent again.
   */
  static final int FORMAT = 1;

  private static final long NONE = -1;

  private final MessageDigest digest;
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

  private OperationHash(MessageDigest digest) {
    this.digest = digest;
  }

  static byte[] of(SessionCommit commit) {
    OperationHash hash = new OperationHash(sha256());
    hash.text(commit.sessionId());
    Long parentSeq = commit.parentSeq();
    hash.number(parentSeq == null ? NONE : parentSeq);
    List<NewEvent> events = commit.events();
    hash.number(events.size());
    for (NewEvent event : events) {
      hash.text(event.type());
      hash.text(event.payload());
      hash.textOrNone(event.eventIdOrNull());
    }
    hash.textOrNone(commit.state());
    List<Enqueue> enqueues = commit.turn().enqueues();
    if (!enqueues.isEmpty()) {
      hash.number(enqueues.size());
      for (Enqueue enqueue : enqueues) {
        hash.text(enqueue.queue());
        hash.text(enqueue.work().type());
        hash.text(enqueue.work().payload());
        hash.textOrNone(enqueue.work().key());
        hash.textOrNone(enqueue.work().lane());
      }
    }
    return hash.digest.digest();
  }

  /**
   * Returns true if {@code receipt} is a receipt of the content with this {@code hash}.
   *
   * @throws StoreCorruptException if Belay does not know the hash format of the receipt
   */
  static boolean matches(Receipt receipt, byte[] hash, String operationId) {
    if (receipt.hashFormat() != FORMAT) {
      throw new StoreCorruptException(
          "the receipt of operation "
              + operationId
              + " has hash format "
              + receipt.hashFormat()
              + ", this Belay knows "
              + FORMAT,
          null);
    }
    return MessageDigest.isEqual(receipt.hash(), hash);
  }

  private void textOrNone(@Nullable String text) {
    if (text == null) {
      number(NONE);
    } else {
      text(text);
    }
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(bytes.length);
    digest.update(bytes);
  }

  private void number(long value) {
    digest.update(number.putLong(0, value).array());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
