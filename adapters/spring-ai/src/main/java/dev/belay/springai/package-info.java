/**
 * Belay for Spring AI: chat memory in a store.
 *
 * <p>Where a line belongs:
 *
 * <ul>
 *   <li>{@link dev.belay.springai.BelayChatMemoryRepository} is Spring AI's repository: a
 *       conversation is a session, a message an event. It appends what is new in a window.
 *   <li>{@code Match} is which messages of a save are already there. {@code Window} is which events
 *       of a session are the conversation; it is the session's state.
 *   <li>{@code MessageCodec} is the JSON of a message, {@code MediaCodec} of a medium, {@code
 *       MetadataCodec} of metadata, with the types of its values.
 * </ul>
 */
@NullMarked
package dev.belay.springai;

import org.jspecify.annotations.NullMarked;
