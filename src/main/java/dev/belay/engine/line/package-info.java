/**
 * The way of a request to a connection, and of its answer back to the caller. Not API.
 *
 * <p>What is here:
 *
 * <ul>
 *   <li>the request: {@link Requests} (turns calls into requests), {@link Request}, {@link
 *       RequestKind}, {@link Caller}, {@link CallerContext}
 *   <li>the line of requests that wait: {@link Line}, {@link Source}, {@link WaitClock}
 *   <li>ownership of a connection: {@link ConnectionExecutor}, {@link ConnectionPlaces}, {@link
 *       ExecutorThreads}, {@link LineGuard}; what runs on it: {@link RequestRunner}, {@link
 *       OwnedConnection}
 *   <li>hooks and futures: {@link Callbacks}, {@link CallbackThread}, {@link IdleThreads}, {@link
 *       TaskLine}
 *   <li>threads: {@link Threads}, {@link VirtualThreads}
 *   <li>reports to an observer: {@link TxNotes}, {@link GuardedObserver}
 *   <li>failures for which no caller waits: {@link Reports}, {@link SafeLog}
 *   <li>the points at which tests make errors happen: {@link FaultPoints}
 * </ul>
 */
@NullMarked
package dev.belay.engine.line;

import org.jspecify.annotations.NullMarked;
