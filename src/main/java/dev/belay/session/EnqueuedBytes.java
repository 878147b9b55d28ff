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
 * How a receipt keeps the results of a commit's enqueues. Stateless, safe for use by many threads.
 *
 * <p>Each is 8 bytes, big end first: the work's id, and in the last three bits the result: 0 if the
 * work was added, else the state of the work that it is a duplicate of, by its place in {@link
 * #STATES}. Nothing else comes of a commit that happened. None at all is null.
 */
final class EnqueuedBytes {
  private static final int STATE_BITS = 3;
  private static final long STATE_MASK = (1L << STATE_BITS) - 1;

  // What is stored for a state is its place here, from 1, whatever the enum becomes.
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
   * What {@link #encode} was given.
   *
   * @throws StoreCorruptException if the bytes are none that Belay writes, naming the session
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
