/**
 * Queues and leases beside their peers: how much goes through, how soon a sleeper wakes, whether a
 * renewal gets past a backlog, and whether any of it eats memory.
 *
 * <p>Every peer gets a file of its own in a folder of its own on the same file system, and the same
 * durability: WAL with {@code synchronous = NORMAL}, which a killed process survives.
 */
package dev.belay.benchmarks.queue;
