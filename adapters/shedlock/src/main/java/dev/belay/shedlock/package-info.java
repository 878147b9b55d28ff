/**
 * ShedLock on Belay: scheduled tasks that run in one process at a time, locked by leases of a
 * store.
 *
 * <p>Where a line belongs:
 *
 * <ul>
 *   <li>{@link dev.belay.shedlock.BelayLockProvider} acquires: it is what an application gives to
 *       ShedLock.
 *   <li>{@link dev.belay.shedlock.BelayLock} is one lock: it extends, unlocks, and shows its lease.
 *   <li>{@code LockTimes} turns the durations of ShedLock into those of a lease.
 * </ul>
 */
@NullMarked
package dev.belay.shedlock;

import org.jspecify.annotations.NullMarked;
