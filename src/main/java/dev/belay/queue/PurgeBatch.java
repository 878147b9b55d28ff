package dev.belay.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one batch of a purge. Immutable, safe for use by many threads.
 *
 * @param deleted the number deleted
 * @param last the place of the last work that it looked at; the next batch begins behind it
 * @param skipped the work that cannot be deleted
 * @param failure why the first of those cannot be deleted
 * @param more whether there may be more behind the last
 */
record PurgeBatch(
    int deleted, PurgePlace last, List<Long> skipped, @Nullable Throwable failure, boolean more) {
  PurgeBatch {
    skipped = List.copyOf(skipped);
  }
}
