/** Durable sessions, leases and work queues in one SQLite file inside the host process. */
@NullMarked
package dev.belay;

import org.jspecify.annotations.NullMarked;
