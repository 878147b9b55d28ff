/**
 * The main job: an agent runtime that replays recorded runs while its processes are killed and
 * frozen.
 *
 * <p>{@code Transcript} reads the runs and {@code AgentTurn} makes work of their turns; {@code
 * Rounds} enqueues the first ones; {@code Agent} is the child that does them; {@code AgentSeat} and
 * {@code AgentCrew} start and restart children, {@code Strikes} kills and freezes them; {@code
 * HistoryCheck} and {@code LaneCheck} compare what the store holds with the files; {@code
 * ReplayAgents} puts these together.
 */
@NullMarked
package dev.belay.replay;

import org.jspecify.annotations.NullMarked;
