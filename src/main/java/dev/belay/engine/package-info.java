/**
 * The parts of an engine that sessions, leases and queues use. Not API.
 *
 * <p>What is here:
 *
 * <ul>
 *   <li>{@link StoreEngine}: a store as Belay's features see it
 *   <li>{@link TxCheck}: refuses a {@code Tx} that a verb cannot use
 *   <li>{@link TokenSpace}, {@link TokenDao}: the fencing tokens of leases and claims
 *   <li>{@link EngineFacts}: what an engine knows about its database
 *   <li>{@link Hold}: the time for which a holder may act on its grant
 *   <li>{@link VerbatimSql}: a template engine that uses the SQL of Belay's DAOs as it is written
 *   <li>{@link BatchSize}: how many rows the next transaction of a deletion takes
 *   <li>{@link Registration}: the registration of a listener
 * </ul>
 */
@NullMarked
package dev.belay.engine;

import org.jspecify.annotations.NullMarked;
