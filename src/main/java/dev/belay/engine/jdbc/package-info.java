/**
 * The connection as a body sees it, and the run of a body on it. Not API.
 *
 * <p>What is here:
 *
 * <ul>
 *   <li>the parts that an engine provides: {@link Failures} (classifies each {@code SQLException}),
 *       {@link DriverConnection} (begin, commit, rollback), {@link SqlKinds} and {@link SqlKind}
 *       (the possible effects of a statement)
 *   <li>the body: {@link BodyTx}, {@link LiveBody}, {@link BodyRun}, {@link BodyVerdict}, {@link
 *       BodyEdge}, {@link BodySavepoint}
 *   <li>the connection: {@link BoundConnection}, {@link ConnectionTransaction}, {@link TxEnd},
 *       {@link CurrentConnection}, {@link ConnectionOpener}, {@link PlainDataSource}
 *   <li>the statements of a connection: {@link StatementCache}; Belay's own DAO methods without
 *       JDBI's cost for each execution: {@link CompiledMethod}, {@link CompiledResult}, {@link
 *       Binder}
 *   <li>JDBC objects as bodies get them: {@link GuardedConnection}, {@link GuardedStatement},
 *       {@link GuardedAnswer}, {@link GuardedMetaData}, {@link GuardedCall}
 *   <li>JDBI: {@link BelayJdbi}, {@link LentConnections}, {@link BodyTransactionHandler}, {@link
 *       AttachedDaos}, {@link BodySqlObjectFactory}
 * </ul>
 */
@NullMarked
package dev.belay.engine.jdbc;

import org.jspecify.annotations.NullMarked;
