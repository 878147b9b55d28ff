/**
 * Durable sessions. Each session has a head and an append-only log of events.
 *
 * <p><b>What is here</b>
 *
 * <ul>
 *   <li>Commit, read, list, clear and delete sessions: {@link dev.belay.session.Sessions}.
 *   <li>Describe one commit: {@link dev.belay.session.SessionCommit}, with a {@link
 *       dev.belay.session.NewEvent} for each event.
 *   <li>Results of a commit: {@link dev.belay.session.CommitOutcome}, or {@link
 *       dev.belay.session.CommitRefusedException} for a caller that expects no refusal.
 *   <li>Values that are read: {@link dev.belay.session.Session}, {@link
 *       dev.belay.session.SessionEvent}, {@link dev.belay.session.Loaded}, {@link
 *       dev.belay.session.SessionLine}.
 *   <li>Run the statements inside a transaction: {@link dev.belay.session.SessionDao}, with its
 *       {@link dev.belay.session.SessionDao.Head} and {@link dev.belay.session.SessionDao.Receipt}.
 * </ul>
 *
 * <p><b>Words</b>
 *
 * <ul>
 *   <li><b>Head</b>: the revision, leaf and state of a session.
 *   <li><b>Revision</b>: the number of a session's commits and clears.
 *   <li><b>Event</b>: one entry of the log.
 *   <li><b>Seq</b>: the position of an event in the log: 1, 2, 3 … without gaps, never reused.
 *   <li><b>Parent</b>: the event that an event follows, given as its seq; 0 for none.
 *   <li><b>Leaf</b>: the event that the next commit continues from, unless that commit names
 *       another parent.
 *   <li><b>History</b>: the path from the root to the leaf.
 *   <li><b>Branch</b>: starts where an event is appended to another parent than the leaf.
 *   <li><b>Operation</b>: a commit with an id. It is committed once, even if it is sent several
 *       times.
 *   <li><b>Receipt</b>: the stored result of an operation, with which the store answers the same
 *       operation when it is sent again.
 *   <li><b>Turn</b>: the part of a commit outside its session: the claims and leases that fence it
 *       and that it completes and releases, and the work that it enqueues.
 *   <li><b>Fence</b>: make a commit depend on a claim or lease; the commit is refused unless the
 *       claim or lease is live.
 *   <li><b>Burn</b>: delete the session of an id, so that the id can never be used again.
 *   <li><b>Clear</b>: make a session absent until the next commit, which makes it exist again as if
 *       new.
 *   <li><b>Stuck</b>: a row that the database refuses to delete.
 *   <li><b>Free</b>: delete rows that no reader can see any longer.
 * </ul>
 */
@NullMarked
package dev.belay.session;

import org.jspecify.annotations.NullMarked;
