/**
 * The store on SQLite: the only place that knows its pragmas, its locks, its error codes and how
 * its schema is migrated.
 *
 * <p>One word per idea:
 *
 * <ul>
 *   <li>a <em>request</em> is a body on its way to a connection, and its answer on the way back;
 *   <li>the <em>line</em> is where requests wait;
 *   <li>the thread that <em>owns</em> a connection serves its line;
 *   <li>a <em>group</em> is the bodies that share one commit;
 *   <li>a body <em>stands alone</em> if it had ended before the first write of its transaction;
 *   <li>a body is <em>spoiled</em> if a verb of Belay failed in it in the middle of what it writes;
 *   <li>a transaction is <em>doomed</em> when SQLite may have ended it by itself, and <em>lost</em>
 *       when SQLite has said that it did;
 *   <li>a connection is <em>changed</em> by what outlasts a transaction, and then replaced;
 *   <li>a <em>guard</em> stands between a body and a statement or connection.
 * </ul>
 *
 * <p>Nothing here is meant for users, whatever its access.
 */
@NullMarked
package dev.belay.sqlite;

import org.jspecify.annotations.NullMarked;
