/** What the measurements of all packages share: files, turns, and the statements of the peers. */
package dev.belay.benchmarks.peer;
