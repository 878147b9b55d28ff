/**
 * LangChain4j on Belay: chat memories that are sessions of a store.
 *
 * <p>Where a line belongs:
 *
 * <ul>
 *   <li>{@link dev.belay.langchain4j.BelayChatMemoryStore} is what an application gives to its chat
 *       memories.
 *   <li>{@code Window} is the present window of a session: it is read from the log, and says what a
 *       new window adds to the log.
 *   <li>{@code Seqs} is the state of a session: which events of the log the window has.
 *   <li>{@code MessageJson} is a message as the payload of an event.
 *   <li>{@code MemoryIds} names the session of a memory.
 * </ul>
 */
@NullMarked
package dev.belay.langchain4j;

import org.jspecify.annotations.NullMarked;
