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
 * @param threads the number of handlers that run at a time
 * @param ttl the time for which a claim lives after its last renewal
 * @param batch the number of pieces of work that one transaction claims
 * @param grace the time for which handlers may continue after a stop
 * @param timeLimit the maximum time of one call of the handler; null if there is none
 * @param listener receives failures; null for the store's observer
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
