/**
 * The command line of Belay.
 *
 * <pre>
 * what                              where
 * the process, its exit codes       Main, BelayCommand, Exit, Refused, Failures
 * the store that a command opens    StoreOptions, StoreCommand
 * what people and programs read     Output, Listing, Row, Shown, Progress, Terminal
 * one verb each                     InfoCommand, CheckCommand, …, in groups: SessionsCommand, …
 * several pieces of work            WorkChange: WorkFilter, WorkPages, WorkBatch
 * a session as JSON Lines           SessionExport, SessionFile, SessionImport
 * a backup in the place of a store  Restore; StoreLock alone knows SQLite
 * </pre>
 */
package dev.belay.cli;
