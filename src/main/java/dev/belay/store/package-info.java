/**
 * Transactions and their failures, free of any one database.
 *
 * <p>One word per idea: a <em>body</em> is the code a caller hands to a verb of {@link
 * dev.belay.store.TxRunner}; a <em>Tx</em> is what the body sees of its transaction; an
 * <em>outcome</em> is the body's choice between commit and rollback; a <em>hook</em> runs after the
 * commit.
 */
@NullMarked
package dev.belay.store;

import org.jspecify.annotations.NullMarked;
