/**
 * Durable sessions, leases and work queues in one SQLite file, inside the process of the
 * application.
 *
 * <p><b>What is here</b>
 *
 * <ul>
 *   <li>Open a store and reach its parts: {@link dev.belay.Belay}.
 *   <li>Choose how it is opened: {@link dev.belay.BelayOptions}.
 *   <li>Read what a store holds: {@link dev.belay.StoreStats}.
 *   <li>Transactions, failures and rules for arguments: {@link dev.belay.store}.
 *   <li>Sessions, leases and work queues: {@link dev.belay.session}, {@link dev.belay.lease},
 *       {@link dev.belay.queue}.
 * </ul>
 */
@NullMarked
package dev.belay;

import org.jspecify.annotations.NullMarked;
