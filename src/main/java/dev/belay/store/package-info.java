/**
 * Transactions and their failures, independent of any particular database.
 *
 * <p><b>What is here</b>
 *
 * <ul>
 *   <li>Run transactions: {@link dev.belay.store.TxRunner}, with the code in a {@link
 *       dev.belay.store.TxBody} or {@link dev.belay.store.TxAction}.
 *   <li>Work inside a transaction: {@link dev.belay.store.Tx}.
 *   <li>Choose between commit and rollback: {@link dev.belay.store.TxOutcome}.
 *   <li>Choose what a commit survives: {@link dev.belay.store.Durability}.
 *   <li>Handle failures: {@link dev.belay.store.StoreException} and its subclasses, one for each
 *       kind of failure.
 *   <li>Read what a check has found: {@link dev.belay.store.Finding}.
 *   <li>Observe a store: {@link dev.belay.store.BelayObserver}; follow a backup: {@link
 *       dev.belay.store.BackupProgress}.
 *   <li>Rules for arguments: {@link dev.belay.store.TextRule} for text, {@link dev.belay.store.Ttl}
 *       for durations.
 *   <li>Mark results that must be used: {@link dev.belay.store.CheckReturnValue}.
 * </ul>
 *
 * <p><b>Words</b>
 *
 * <ul>
 *   <li><b>Body</b>: the code that a caller passes to a verb of {@link dev.belay.store.TxRunner}.
 *   <li><b>Tx</b>: the object through which a body uses its transaction.
 *   <li><b>Outcome</b>: the choice of a body between commit and rollback.
 *   <li><b>Hook</b>: an action that runs after the commit.
 *   <li><b>Call</b>: a body that runs outside any transaction.
 *   <li><b>File</b>: the database with its {@code -wal} and {@code -shm}.
 *   <li><b>Operating failure</b>: a {@link dev.belay.store.StoreException}.
 * </ul>
 */
@NullMarked
package dev.belay.store;

import org.jspecify.annotations.NullMarked;
