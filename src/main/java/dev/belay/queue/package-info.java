/**
 * Durable work queues.
 *
 * <p>One word per idea: <em>work</em> is what a queue holds; a <em>claim</em> is the right to do a
 * piece of it for a while; a <em>worker</em> is the name of who claims, a label without a right; a
 * <em>token</em> is what proves the claim; an <em>attempt</em> is a claim that was charged; to
 * <em>settle</em> a claim is to end it: complete, fail, defer, release or bury; a claim
 * <em>lapses</em> when it expires unsettled; a <em>lane</em> is work that is done one after
 * another; its <em>line</em> is the order; its <em>head</em> is the first in line; a <em>grant</em>
 * is the claims that share a token; to <em>promote</em> work is to make it claimable, or let it
 * join its line, when its time has come; a <em>key</em> makes work unique in its queue; to
 * <em>bury</em> work is to give it up; to <em>purge</em> is to delete what was finished long ago.
 */
@NullMarked
package dev.belay.queue;

import org.jspecify.annotations.NullMarked;
