package dev.belay.session;

import dev.belay.session.Turn.Enqueue;
import dev.belay.store.StoreCorruptException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hash by which the store knows an operation's content again. Immutable, safe for use by many
 * threads.
 */
final class OperationHash {
  /* Format 1 is SHA-256 over these fields, a number being 8 bytes, big end first, and a text the
   * number of its UTF-8 bytes and then those:
   *
   *   session id, text
   *   parent: its seq, or -1 for the leaf
   *   number of events; of each: type, payload, then its id, or -1 for none
   *   state, text, or -1 for unchanged
   *   only if it enqueues work: how much; of each: queue, type, payload, key, or -1 for none, lane,
   *   or -1 for none
   *
   * Every field tells where it ends, so no two contents give the same bytes. -1 cannot be a length
   * or a seq. Expected revision, and whatever is a right rather than a content, stay out, as do the
   * results of claims and an enqueue's priority, time and attempts: the same operation sent again
   * may well carry others.
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
   * Whether {@code receipt} is of the content that has {@code hash}.
   *
   * @throws StoreCorruptException if the receipt's format is none that Belay writes
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
