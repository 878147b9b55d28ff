/**
 * Transactions and their failures, free of any one database.
 *
 * <p>One word per idea:
 *
 * <ul>
 *   <li>a <em>body</em> is the code that a caller passes to a verb of {@link
 *       dev.belay.store.TxRunner};
 *   <li>a <em>Tx</em> is what the body sees of its transaction;
 *   <li>an <em>outcome</em> is the body's choice between commit and rollback;
 *   <li>a <em>hook</em> runs after the commit;
 *   <li>a <em>call</em> is a body outside any transaction;
 *   <li>a <em>file</em> is the database with its {@code -wal} and {@code -shm};
 *   <li>an <em>operating failure</em> is a {@link dev.belay.store.StoreException}.
 * </ul>
 */
@NullMarked
package dev.belay.store;

import org.jspecify.annotations.NullMarked;
