/**
 * What sessions, leases and queues need of an engine. Not API.
 *
 * <p>What is here:
 *
 * <ul>
 *   <li>{@link StoreEngine}: an engine as the features see it
 *   <li>{@link TxCheck}: refuses a {@code Tx} that a verb cannot use
 *   <li>{@link TokenSpace}, {@link TokenDao}: fencing tokens
 *   <li>{@link Hold}: how long a holder may act on its grant
 *   <li>{@link VerbatimSql}: takes the SQL of Belay's DAOs as it stands
 *   <li>{@link BatchSize}: how many rows the next transaction of a deletion takes
 *   <li>{@link Registration}: a registered listener
 * </ul>
 */
@NullMarked
package dev.belay.engine;

import org.jspecify.annotations.NullMarked;
