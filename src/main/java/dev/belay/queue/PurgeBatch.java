package dev.belay.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one batch of a purge has done. Immutable, safe for use by many threads.
 *
 * @param deleted how many it deleted
 * @param last the last that it looked at; the next batch begins behind it
 * @param skipped what cannot be deleted
 * @param failure why the first of those cannot
 * @param more whether there may be more behind the last
 */
record PurgeBatch(
    int deleted, PurgePlace last, List<Long> skipped, @Nullable Throwable failure, boolean more) {
  PurgeBatch {
    skipped = List.copyOf(skipped);
  }
}
