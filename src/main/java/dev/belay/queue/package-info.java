/**
 * Durable work queues.
 *
 * <p>One word per idea: <em>work</em> is what a queue holds; a <em>key</em> makes work unique in
 * its queue.
 */
@NullMarked
package dev.belay.queue;

import org.jspecify.annotations.NullMarked;
