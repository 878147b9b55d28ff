package dev.belay.session;

import dev.belay.queue.Enqueued;
import dev.belay.queue.Enqueued.Added;
import dev.belay.queue.Enqueued.Duplicate;
import dev.belay.queue.WorkState;
import dev.belay.store.StoreCorruptException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of the results of a commit's enqueues, as a receipt keeps them. Stateless, safe
 * for use by many threads.
 *
 * <p>Each result is a big-endian number of 8 bytes: the work's id, shifted left by three bits, and
 * in the lowest three bits the kind of result. The kind is 0 if the work was added; otherwise the
 * work is a duplicate, and the kind is the state of the earlier work, as its position in {@link
 * #STATES}, from 1. A commit that is in the store has no other results. A commit without enqueues
 * has null.
 */
final class EnqueuedBytes {
  private static final int STATE_BITS = 3;
  private static final long STATE_MASK = (1L << STATE_BITS) - 1;

  // The stored number of a state is its position in this list, from 1, and not its enum ordinal.
  private static final List<WorkState> STATES =
      List.of(
          WorkState.SCHEDULED,
          WorkState.READY,
          WorkState.WAITING,
          WorkState.CLAIMED,
          WorkState.DONE,
          WorkState.BURIED,
          WorkState.CANCELLED);

  private EnqueuedBytes() {}

  static byte @Nullable [] encode(List<Enqueued> enqueued) {
    if (enqueued.isEmpty()) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate(enqueued.size() * Long.BYTES);
    for (Enqueued one : enqueued) {
      long state = one instanceof Duplicate duplicate ? STATES.indexOf(duplicate.state()) + 1 : 0;
      bytes.putLong(one.workId() << STATE_BITS | state);
    }
    return bytes.array();
  }

  /**
   * Returns the list that {@link #encode} was called with.
   *
   * @throws StoreCorruptException if Belay never writes such bytes; the message names the session
   */
  static List<Enqueued> decode(byte @Nullable [] bytes, long sessionNo) {
    if (bytes == null) {
      return List.of();
    }
    if (bytes.length % Long.BYTES != 0) {
      throw new StoreCorruptException(
          "a receipt of session no. " + sessionNo + " has " + bytes.length + " bytes of work",
          null);
    }
    List<Enqueued> enqueued = new ArrayList<>(bytes.length / Long.BYTES);
    ByteBuffer ids = ByteBuffer.wrap(bytes);
    while (ids.hasRemaining()) {
      long one = ids.getLong();
      long id = one >> STATE_BITS;
      int state = (int) (one & STATE_MASK);
      if (id <= 0) {
        throw new StoreCorruptException(
            "a receipt of session no. " + sessionNo + " names work " + id, null);
      }
      enqueued.add(state == 0 ? new Added(id) : new Duplicate(id, STATES.get(state - 1)));
    }
    return enqueued;
  }
}
