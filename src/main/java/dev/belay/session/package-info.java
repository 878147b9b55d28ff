/**
 * Durable sessions: a head and an append-only log each.
 *
 * <p>One word per idea: the <em>head</em> is a session's revision, leaf and state; the
 * <em>revision</em> counts its commits and clears; an <em>event</em> is one entry of the log; its
 * <em>seq</em> is its place there, 1, 2, 3 … without gaps and never reused; its <em>parent</em> is
 * the seq of the event it follows, 0 for none; the <em>leaf</em> is the event at which the session
 * stands; the <em>history</em> is the path from the root to the leaf; a <em>branch</em> starts
 * where an event is appended to another parent than the leaf; an <em>operation</em> is a commit
 * with an id, which happens once however often it is sent; its <em>receipt</em> is what the store
 * keeps to answer the next one; a <em>turn</em> is what a commit does besides its own session: the
 * claims and leases it rests on, completes and releases, and the work it enqueues; to
 * <em>fence</em> a commit by a claim or lease is to have it refused unless that is live; to
 * <em>burn</em> an id is to delete its session, so that the id is never usable again; to
 * <em>clear</em> a session is to make it absent until the next commit, which makes it as new; to
 * <em>free</em> rows is to delete what no reader sees any more.
 */
@NullMarked
package dev.belay.session;

import org.jspecify.annotations.NullMarked;
