/**
 * The engine on PostgreSQL: several bodies write at once, each in a transaction of its own.
 *
 * <p>What is here:
 *
 * <ul>
 *   <li>{@link Postgres}: opens stores; {@link PgServer}, {@link PgSchema}: what it checks and
 *       migrates
 *   <li>{@link PgStore}: the store; {@link PgParts}: what its connections share
 *   <li>{@link PgRunner}: runs bodies, again if need be; {@link PgCommitLookup}: whether a COMMIT
 *       without an answer lasted
 *   <li>{@link PgConnectionDriver}, {@link PgBegin}: a connection, and how its transactions begin
 *   <li>{@link PgJoins}, {@link PgHostTransaction}: transactions of a host
 *   <li>{@link PgDialect}, {@link PgLocks}, {@link PgLockDao}, {@link PgLaneDao}: the SQL and the
 *       locks of verbs
 *   <li>{@link PgNumbers}, {@link PgClock}: tokens, ids and time
 *   <li>{@link PgWatch}: notifications between processes
 *   <li>{@link PgFailures}, {@link PgKinds}: what failures and statements mean
 * </ul>
 */
@NullMarked
package dev.belay.postgres;

import org.jspecify.annotations.NullMarked;
