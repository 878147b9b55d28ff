/**
 * The main job: recorded agent runs, replayed into one store by processes that get killed.
 *
 * <p>{@code Transcript} reads the runs; {@code ReplayWriter} is the child that commits them; {@code
 * WriterSeat} and {@code WriterCrew} start, kill and restart children; {@code HistoryCheck}
 * compares what the store holds with the files; {@code ReplayAgents} puts these together.
 */
@NullMarked
package dev.belay.examples;

import org.jspecify.annotations.NullMarked;
