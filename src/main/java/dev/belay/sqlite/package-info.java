/**
 * The store on SQLite: the only place that knows its pragmas, its locks, its error codes and how
 * its schema is migrated.
 *
 * <p>One word per idea: a <em>request</em> is a body on its way to a connection; the <em>line</em>
 * is where requests wait; the thread that <em>owns</em> a connection serves its line; a
 * <em>group</em> is the bodies that share one commit; a transaction is <em>doomed</em> when SQLite
 * may have ended it by itself.
 *
 * <p>Nothing here is meant for users, whatever its access.
 */
@NullMarked
package dev.belay.sqlite;

import org.jspecify.annotations.NullMarked;
