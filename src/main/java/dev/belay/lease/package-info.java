/**
 * Leases: a name held by one holder at a time, for a time.
 *
 * <p>One word per idea: a <em>lease</em> is the right to a name until it expires; its
 * <em>holder</em> is a label and gives no right; its <em>token</em> is what the store knows the
 * grant by, and grows from grant to grant, so that other systems can refuse an older one; to
 * <em>acquire</em> is to be granted a name that nobody holds, to <em>renew</em> is to move the
 * expiry of a live lease, to <em>release</em> is to end it early; a lease has <em>lapsed</em> once
 * it has expired without being released; whoever acquires a lapsed one has <em>displaced</em> its
 * holder; a lease is <em>live</em> from its grant until it is released or expires, and
 * <em>lost</em> afterwards; a <em>keeper</em> renews a lease until it is closed or the lease is
 * lost.
 */
@NullMarked
package dev.belay.lease;

import org.jspecify.annotations.NullMarked;
