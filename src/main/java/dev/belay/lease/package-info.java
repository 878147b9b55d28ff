/**
 * Leases: the right of one holder at a time to a name, for a limited time.
 *
 * <p><b>What is here</b>
 *
 * <ul>
 *   <li>Acquire, renew, release, find and require leases: {@link dev.belay.lease.Leases}.
 *   <li>Results of these verbs: {@link dev.belay.lease.Acquisition}, with {@link
 *       dev.belay.lease.Displaced}, and {@link dev.belay.lease.Renewal}; the grant itself is a
 *       {@link dev.belay.lease.Lease}.
 *   <li>Renew a lease automatically: {@link dev.belay.lease.LeaseKeeper}.
 *   <li>Roll back a write whose lease is lost: {@link dev.belay.lease.LeaseLostException}.
 *   <li>Run the statements inside a transaction: {@link dev.belay.lease.LeaseDao}.
 * </ul>
 *
 * <p><b>Words</b>
 *
 * <ul>
 *   <li><b>Lease</b>: the right to a name until the lease expires.
 *   <li><b>Holder</b>: the label of the caller that acquired the lease; it gives no right.
 *   <li><b>Token</b>: the number by which the store identifies a grant. It grows from grant to
 *       grant, so that other systems can refuse an older one.
 *   <li><b>Acquire</b>: get the grant of a name that has no live lease.
 *   <li><b>Renew</b>: change the expiry of a live lease.
 *   <li><b>Release</b>: end a live lease before its expiry.
 *   <li><b>Live</b>: a lease from its grant until it is released or expires.
 *   <li><b>Lost</b>: a lease that is no longer live.
 *   <li><b>Lapsed</b>: a lease that has expired without being released.
 *   <li><b>Displace</b>: acquire a name whose last lease has lapsed; the earlier holder is
 *       displaced.
 *   <li><b>Keeper</b>: an object that renews a lease until the keeper is closed or the lease is
 *       lost.
 * </ul>
 */
@NullMarked
package dev.belay.lease;

import org.jspecify.annotations.NullMarked;
