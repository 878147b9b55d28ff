/**
 * The sessions of Google's Agent Development Kit (ADK) in a Belay store.
 *
 * <ul>
 *   <li>{@link dev.belay.adk.BelaySessionService}: what an application gives to its runner; {@link
 *       dev.belay.adk.StaleSessionException}: what a strict service refuses.
 *   <li>{@code StoredSessions}: what each verb reads and writes, in one transaction.
 *   <li>{@code Owner}, {@code KeyText}: the ids of Belay's sessions.
 *   <li>{@code EventText}, {@code StateChanges}, {@code Json}: what is stored, as text.
 *   <li>{@code Snapshot}, {@code Appended}: what a transaction found; {@code Revisions}: what the
 *       holders of a strict service have read; {@code Signals}: futures as RxJava sees them.
 * </ul>
 *
 * <p>Decision: an application and a user are sessions of Belay too, with an id each and without
 * events; their heads hold the shared state. Because a store then needs no table, no migration and
 * no option of this adapter, on any engine, and one rule (read the head, commit to its revision)
 * covers every state. A table with a row for each key would write less when a state is large.
 *
 * <p>Decision: an event is appended under its id, and an event that is already in the log is the
 * answer. Because a receipt of an operation would be a second row for each event, and compares the
 * state that was set, which another holder may have changed between two attempts.
 */
@NullMarked
package dev.belay.adk;

import org.jspecify.annotations.NullMarked;
