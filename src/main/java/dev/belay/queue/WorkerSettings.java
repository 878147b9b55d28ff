package dev.belay.queue;

import java.time.Duration;

/**
 * How a worker works. Immutable, safe for use by many threads.
 *
 * @param name what its claims are labelled with
 * @param threads how many handlers run at a time
 * @param ttl how long a claim lives from its last renewal
 * @param batch how much work one transaction claims
 * @param grace how long handlers may go on after a stop
 */
record WorkerSettings(String name, int threads, Duration ttl, int batch, Duration grace) {}
