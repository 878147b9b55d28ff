/**
 * Processes of a measurement: the one way to start a JVM, to talk to it and to end it.
 *
 * <p>{@link dev.belay.benchmarks.child.JavaCommand} says how a JVM is started, {@link
 * dev.belay.benchmarks.child.Child} is one that runs, and {@link
 * dev.belay.benchmarks.child.ParentLine} is its end of the line. On top of them {@link
 * dev.belay.benchmarks.child.Children} let a {@link dev.belay.benchmarks.child.Task} each begin at
 * one instant, and collect what they report.
 */
package dev.belay.benchmarks.child;
