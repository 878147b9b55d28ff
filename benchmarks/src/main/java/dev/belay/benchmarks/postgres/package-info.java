/**
 * Belay on PostgreSQL beside its peers: commits, queues, leases, wake-ups, and what they leave for
 * the log and for VACUUM.
 *
 * <p>All peers use one server, which {@link dev.belay.benchmarks.postgres.Server} starts, and each
 * has a {@link dev.belay.benchmarks.postgres.Schema} of its own there.
 */
package dev.belay.benchmarks.postgres;
