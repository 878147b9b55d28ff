package dev.belay.queue;

import dev.belay.store.BelayObserver;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a worker. Immutable, safe for use by many threads.
 *
 * @param queue the queue
 * @param retry the delay between attempts
 * @param name the label of its claims
 * @param threads how many handlers run at a time
 * @param ttl how long a claim lives from its last renewal
 * @param batch how much work one transaction claims
 * @param grace how long handlers may go on after a stop
 * @param timeLimit how long one call of the handler may take; null if without limit
 * @param listener is notified of failures; null if the store's observer is
 */
record WorkerSettings(
    String queue,
    RetryPolicy retry,
    String name,
    int threads,
    Duration ttl,
    int batch,
    Duration grace,
    @Nullable Duration timeLimit,
    @Nullable BelayObserver listener) {}
