/**
 * What the measurements of all packages share: files, turns, the sessions that are written, the
 * connection of every raw peer, and the one operation in JDBC and through Belay.
 */
package dev.belay.benchmarks.peer;
