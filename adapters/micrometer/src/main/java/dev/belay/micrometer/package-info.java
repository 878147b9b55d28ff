/**
 * Belay for Micrometer: meters of a store, and traces from the enqueue of work to its handler.
 *
 * <p>Where a line belongs:
 *
 * <ul>
 *   <li>{@link dev.belay.micrometer.MeterObserver} counts and times what a store reports to its
 *       observer. It exists before the store, and passes every event on to the host's own observer.
 *   <li>{@link dev.belay.micrometer.StoreGauges} are the sizes and backlogs. {@code Sampler} reads
 *       them for all gauges at once; {@code Sample} is the result.
 *   <li>{@link dev.belay.micrometer.WorkObservations} observes enqueues and handlers; {@code
 *       TraceHeaders} are the headers that carry the trace between them.
 *   <li>{@link dev.belay.micrometer.MeterOptions} are the options; {@code BoundedTag} keeps the
 *       values of a tag bounded.
 * </ul>
 */
@NullMarked
package dev.belay.micrometer;

import org.jspecify.annotations.NullMarked;
