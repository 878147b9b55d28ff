package dev.belay.session;

import dev.belay.queue.Enqueued;
import dev.belay.queue.Enqueued.Added;
import dev.belay.queue.Enqueued.Duplicate;
import dev.belay.store.StoreCorruptException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a receipt keeps the results of a commit's enqueues. Stateless, safe for use by many threads.
 *
 * <p>Each is 8 bytes, big end first: the work's id if the work was added, minus the id of the work
 * that it is a duplicate of. Nothing else comes of a commit that happened. None at all is null.
 */
final class EnqueuedBytes {
  private EnqueuedBytes() {}

  static byte @Nullable [] encode(List<Enqueued> enqueued) {
    if (enqueued.isEmpty()) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate(enqueued.size() * Long.BYTES);
    for (Enqueued one : enqueued) {
      bytes.putLong(one instanceof Added ? one.workId() : -one.workId());
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
      long id = ids.getLong();
      if (id == 0 || id == Long.MIN_VALUE) {
        throw new StoreCorruptException(
            "a receipt of session no. " + sessionNo + " names work " + id, null);
      }
      enqueued.add(id > 0 ? new Added(id) : new Duplicate(-id));
    }
    return enqueued;
  }
}
