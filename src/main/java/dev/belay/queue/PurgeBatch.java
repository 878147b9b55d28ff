package dev.belay.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one batch of a purge. Immutable, safe for use by many threads.
 *
 * @param deleted the number deleted
 * @param last the place of the last work that was looked at; the next batch begins behind it
 * @param skipped the work that cannot be deleted
 * @param failure the reason why the first skipped work cannot be deleted, if the database gave one
 * @param more whether there may be more work behind {@code last}
 */
record PurgeBatch(
    int deleted, PurgePlace last, List<Long> skipped, @Nullable Throwable failure, boolean more) {
  PurgeBatch {
    skipped = List.copyOf(skipped);
  }
}
