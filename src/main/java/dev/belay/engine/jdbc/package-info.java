/**
 * What a body sees of a connection. Not API.
 *
 * <p>What is here:
 *
 * <ul>
 *   <li>what an engine provides: {@link Failures} (what an {@code SQLException} means), {@link
 *       DriverConnection} (begin, commit, rollback), {@link SqlKinds} and {@link SqlKind} (what a
 *       statement may do)
 *   <li>the body: {@link BodyTx}, {@link LiveBody}, {@link BodyRun}, {@link BodyVerdict}, {@link
 *       BodyEdge}, {@link BodySavepoint}
 *   <li>the connection: {@link BoundConnection}, {@link ConnectionTransaction}, {@link TxEnd},
 *       {@link CurrentConnection}, {@link ConnectionOpener}
 *   <li>its statements: {@link StatementCache}; Belay's own DAO methods without JDBI's cost: {@link
 *       CompiledMethod}, {@link CompiledResult}, {@link Binder}
 *   <li>JDBC's objects as bodies get them: {@link GuardedConnection}, {@link GuardedStatement},
 *       {@link GuardedAnswer}, {@link GuardedMetaData}, {@link GuardedCall}
 *   <li>JDBI: {@link BelayJdbi}, {@link LentConnections}, {@link BodyTransactionHandler}, {@link
 *       AttachedDaos}, {@link BodySqlObjectFactory}
 * </ul>
 */
@NullMarked
package dev.belay.engine.jdbc;

import org.jspecify.annotations.NullMarked;
