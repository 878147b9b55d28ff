/**
 * Measurements that need more than one process, which JMH does not start.
 *
 * <p>A question starts {@link dev.belay.benchmarks.child.Children}, JVMs of their own that run a
 * {@link dev.belay.benchmarks.child.Task} each, lets them begin at one instant, and puts together
 * what they report.
 */
package dev.belay.benchmarks.processes;
