/**
 * The store on SQLite: the only package that knows its pragmas, its locks, its error codes and how
 * its schema is migrated. Not API.
 *
 * <p>What is here:
 *
 * <ul>
 *   <li>open a store: {@link Sqlite}, {@link SqliteStore}, {@link OpenSettings}, {@link
 *       StoreParts}, {@link StoreExecutors}, {@link Access}, {@link Libraries}
 *   <li>connections: {@link Connections}, {@link SideConnectionOpener}, {@link
 *       SqliteConnectionDriver}, {@link ConnectionState}, {@link OwnStatement}, {@link
 *       DriverStatements}
 *   <li>run requests: {@link WriteRunner}, {@link ReadRunner}, {@link CallRunner}; bodies that
 *       share a commit: {@link CommitGroup}, {@link FailedGroup}, {@link GroupSurroundings}
 *   <li>wait for the file's lock: {@link LockWait}, {@link LockBackOff} (the time between tries),
 *       {@link CallWait}
 *   <li>the write-ahead log (WAL): {@link WalLimits} (the lengths at which a checkpoint is made),
 *       {@link Checkpointer}, {@link WalCheckpoints}, {@link WalLength}, {@link WalSwitch}
 *   <li>commits of other processes: {@link ChangeWatch}
 *   <li>the schema: {@link SchemaMigration}, {@link ShippedMigration}, {@link SchemaHistory},
 *       {@link SchemaCheck}, {@link FlywayRun}, {@link MigrationConnection}, {@link
 *       LentDataSource}, {@link ForeignKeys}
 *   <li>the file and its names: {@link SqliteFile}, {@link PathRule}, {@link FileNames}, {@link
 *       FileIdentity}, {@link FileHold}, {@link OpenFile}, {@link FileDraft}, {@link DraftName},
 *       {@link ProcessMark}
 *   <li>backups: {@link Backup}, {@link BackupRun}, {@link BackupTarget}, {@link BackupDraft},
 *       {@link PageCopy}, {@link MemoryCopy}, {@link BackupCheck}
 *   <li>result codes: {@link SqliteFailures}; kinds of statements: {@link SqliteKinds}, {@link
 *       SqlText}
 * </ul>
 *
 * <p>Glossary:
 *
 * <ul>
 *   <li><b>changed</b>: a connection that a body has changed in a way that outlasts a transaction;
 *       it is replaced.
 *   <li><b>doomed</b>: a transaction that SQLite may have ended by itself.
 *   <li><b>group</b>: the bodies that share one commit.
 *   <li><b>guard</b>: an object between a body and a statement or connection.
 *   <li><b>independent</b>: a body that had ended before the first write of its transaction.
 *   <li><b>line</b>: the place where requests wait.
 *   <li><b>lost</b>: a transaction that SQLite has reported as ended.
 *   <li><b>owner</b>: the thread that has a connection and runs the requests of its line.
 *   <li><b>request</b>: a body that is to run on a connection, and its answer.
 *   <li><b>spoiled</b>: a body in which a verb of Belay failed after it had begun to write.
 * </ul>
 */
@NullMarked
package dev.belay.sqlite;

import org.jspecify.annotations.NullMarked;
