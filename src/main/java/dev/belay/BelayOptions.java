package dev.belay;

import static java.util.Objects.requireNonNull;

import dev.belay.engine.EngineOptions;
import dev.belay.store.BelayObserver;
import dev.belay.store.Durability;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;

/**
 * The options with which a store is opened. Immutable, safe for use by many threads; every {@code
 * with…} returns a changed copy.
 */
public final class BelayOptions implements EngineOptions {
  /** The default busy timeout of a store opened for writing: 15 s. */
  public static final Duration BUSY_TIMEOUT_DEFAULT = Duration.ofSeconds(15);

  /** The default busy timeout of a store opened for reading: 1 s. */
  public static final Duration READ_ONLY_BUSY_TIMEOUT_DEFAULT = Duration.ofSeconds(1);

  /** The maximum busy timeout: {@link Integer#MAX_VALUE} milliseconds, almost 25 days. */
  public static final Duration BUSY_TIMEOUT_MAX = Duration.ofMillis(Integer.MAX_VALUE);

  /** The default maximum number of waiting writes that share one commit: 64. */
  public static final int COMMIT_GROUP_DEFAULT = 64;

  /** The largest value of {@link #withCommitGroupMax}: 1,024 writes. */
  public static final int COMMIT_GROUP_MAX = 1024;

  /** The default number of bodies that read at once: 4. */
  public static final int READERS_DEFAULT = 4;

  /** The largest value of {@link #withReaders}: 64 connections. */
  public static final int READERS_MAX = 64;

  /** The maximum length of the name of a migration history: 50 characters. */
  public static final int MIGRATIONS_NAME_MAX = 50;

  /**
   * What happens to pending migrations when a store is opened for writing. Immutable, safe for use
   * by many threads.
   */
  public enum Migration {
    /** They run. */
    ON_OPEN,

    /**
     * The store is not opened: {@link dev.belay.store.SchemaTooOldException} lists them, and
     * nothing was changed or created.
     */
    NONE
  }

  private final OptionChoices choices;

  private BelayOptions(OptionChoices choices) {
    this.choices = choices;
  }

  private BelayOptions with(String method, Consumer<OptionChoices> change) {
    OptionChoices changed = choices.cloneWith(method);
    change.accept(changed);
    return new BelayOptions(changed);
  }

  /** Returns the default options, which suit most applications. */
  public static BelayOptions defaults() {
    return new BelayOptions(new OptionChoices(Clock.systemUTC()));
  }

  /**
   * Sets the time for which a verb waits for another process, counted from the call of the verb.
   * The default is 15 s, and 1 s for a store opened for reading. With zero the verb tries once.
   *
   * <p>{@code close} waits for at most this time too. After the same time a warning names a body
   * that other bodies of this store wait for; that wait itself is not bounded.
   *
   * @throws IllegalArgumentException if negative or longer than {@link #BUSY_TIMEOUT_MAX}
   */
  public BelayOptions withBusyTimeout(Duration busyTimeout) {
    return with("withBusyTimeout", to -> to.setBusyTimeout(busyTimeout));
  }

  /** Sets the failures that a commit survives. {@link Durability#PROCESS_CRASH} by default. */
  public BelayOptions withDurability(Durability durability) {
    return with("withDurability", to -> to.durability = requireNonNull(durability, "durability"));
  }

  /** Sets the clock that gives every transaction its instant. The system clock by default. */
  public BelayOptions withClock(InstantSource clock) {
    return with("withClock", to -> to.clock = requireNonNull(clock, "clock"));
  }

  /**
   * Sets the maximum number of waiting writes that share one commit, 64 by default; 1 switches
   * sharing off. Sharing changes no outcome, only the number of times that a body may run: see
   * {@link dev.belay.store.TxBody}.
   *
   * @throws IllegalArgumentException if not from 1 to {@link #COMMIT_GROUP_MAX}
   */
  public BelayOptions withCommitGroupMax(int commitGroupMax) {
    int checked = OptionChoices.upTo(COMMIT_GROUP_MAX, "commitGroupMax", commitGroupMax);
    return with("withCommitGroupMax", to -> to.commitGroupMax = checked);
  }

  /**
   * Sets the number of bodies that read at once, 4 by default. Each reads on its own connection,
   * which is opened when it is needed. If as many slow bodies as this number are reading, every
   * other read waits, but no write does, and neither do the internal reads by which Belay decides
   * which waiting threads to wake; with fewer slow bodies no other read waits. In memory there is
   * one connection for everything, and this option has no effect.
   *
   * @throws IllegalArgumentException if not from 1 to {@link #READERS_MAX}
   */
  public BelayOptions withReaders(int readers) {
    return with(
        "withReaders", to -> to.readers = OptionChoices.upTo(READERS_MAX, "readers", readers));
  }

  /**
   * Sets an action that prepares each connection on which bodies run, each time that one is opened:
   * with settings, functions, collations or extensions that every body or the application's
   * migrations need. (A setting that a body makes ends with the body.) No action by default.
   *
   * <p>Rules for the action:
   *
   * <ul>
   *   <li>It is called several times for one store, perhaps on several threads at once, because
   *       connections are opened when they are needed and replaced after failures. Before a new
   *       file is created, it is also called for a database in memory.
   *   <li>It is called outside any transaction, after Belay's own settings. Foreign keys stay
   *       enforced even if the action switches them off.
   *   <li>It must leave the connection open and outside a transaction, and must not weaken Belay's
   *       settings.
   *   <li>If it throws, the {@code open} or the verb that needed the connection fails, and the next
   *       verb tries again. An {@code open} that fails in this way has changed nothing, except if
   *       the action failed on the file but not on the database in memory before.
   * </ul>
   */
  public BelayOptions withConnection(Consumer<Connection> connection) {
    return with("withConnection", to -> to.connection = requireNonNull(connection, "connection"));
  }

  /**
   * As {@link #withMigrations}, for the history named {@code app}. Its table is {@code
   * flyway_schema_history}, Flyway's default, so an application can switch between this method and
   * its own run of Flyway.
   */
  public BelayOptions withAppMigrations(String... locations) {
    return withMigrations("app", locations);
  }

  /**
   * Sets the Flyway locations of migrations that run at open, after Belay's, in the same file. Each
   * name has its own history, in the table {@code flyway_schema_<name>_history}, so that the
   * application and each library with its own tables can number their versions independently.
   * Histories run in the order in which they were first named; naming one again replaces its
   * locations.
   *
   * <p>All pending migrations, including Belay's, run in one transaction: all are committed or
   * none, and none may begin or end a transaction. They run when the store is opened, never when a
   * connection is replaced. A location without any migration is refused at open. No locations by
   * default.
   *
   * @param name 1 to {@link #MIGRATIONS_NAME_MAX} characters: a lower-case letter {@code a-z}, then
   *     lower-case letters, digits and underscores
   * @throws IllegalArgumentException if the name breaks this rule, or if there is no location or a
   *     blank one
   */
  public BelayOptions withMigrations(String name, String... locations) {
    return with("withMigrations", to -> to.addMigrations(name, List.of(locations)));
  }

  /**
   * Sets what happens if the store has a schema that is older than this library needs, has none, or
   * lacks migrations of {@link #withMigrations}. {@link Migration#ON_OPEN} by default. With {@link
   * Migration#NONE} a tool that looks at a store, or a process that is deployed before the one that
   * migrates, changes nothing by opening it. A store in memory and a store that is opened for
   * reading ignore this option: the one is always migrated, the other never.
   */
  public BelayOptions withMigration(Migration migration) {
    return with("withMigration", to -> to.migration = requireNonNull(migration, "migration"));
  }

  /**
   * Sets an action that registers mappers, arguments and plugins of the application with JDBI. It
   * runs once at open and does not affect Belay's own DAOs. It runs before Belay sets its
   * transaction handler, which therefore cannot be replaced. No action by default.
   */
  public BelayOptions withJdbi(Consumer<Jdbi> jdbi) {
    return with("withJdbi", to -> to.jdbi = requireNonNull(jdbi, "jdbi"));
  }

  /**
   * Sets the observer that receives the events of the store. Without one, Belay only logs failures
   * and creates no events.
   */
  public BelayOptions withObserver(BelayObserver observer) {
    return with("withObserver", to -> to.observer = requireNonNull(observer, "observer"));
  }

  /**
   * Sets how the context of a caller (a logging, security or trace context in thread locals)
   * reaches code of the caller that another thread runs. No context is carried by default.
   *
   * <p>{@code capture} is called on the caller's thread and returns a wrapper for a task that runs
   * later. The wrapped task installs the context, runs the original task once, on its own thread,
   * and removes the context in a {@code finally}. For OpenTelemetry use {@code () ->
   * Context.current()::wrap}, for Micrometer {@code () -> snapshots.captureAll()::wrap}. The
   * context is captured
   *
   * <ul>
   *   <li>by each verb of {@link dev.belay.store.TxRunner} and of the facades whose body another
   *       thread runs: for the body, and for the actions added to its future that Belay runs;
   *   <li>by {@link dev.belay.store.Tx#afterCommit} for the hook, and by the first use of {@link
   *       dev.belay.store.Tx#handle} for JDBI's own hooks;
   *   <li>by {@code Leases.keep} for {@code onLost};
   *   <li>by {@code Worker.Builder.start} for every handler of that worker, and by {@code
   *       WorkContext.onCancel} for its action.
   * </ul>
   *
   * <p>If {@code capture} throws, the verb throws the same exception and has done nothing. If the
   * wrapper throws, the exception is logged, the task runs in any case (without the context if
   * necessary), and the outcome of the task is not affected.
   */
  public BelayOptions withContext(Supplier<UnaryOperator<Runnable>> capture) {
    requireNonNull(capture, "capture");
    return with("withContext", to -> to.context = capture);
  }

  /**
   * Sets whether new files are readable and writable only by their owner, true by default. It has
   * no effect on a file system without such permissions, nor on existing files.
   */
  public BelayOptions withOwnerOnlyFiles(boolean ownerOnlyFiles) {
    return with("withOwnerOnlyFiles", to -> to.ownerOnlyFiles = ownerOnlyFiles);
  }

  /**
   * Sets whether a file that has a second name is opened; false by default. If true, it is opened
   * and a warning is logged. A second name is another hard link that still exists after the busy
   * timeout, or a mount of the single file (for example into a container; mount the folder
   * instead). Processes that open one file under different names lose each other's commits, so
   * allow this only if all processes use the same name. A symbolic link is not a second name.
   * Opening for reading never refuses the file.
   */
  public BelayOptions withSharedNames(boolean sharedNames) {
    return with("withSharedNames", to -> to.sharedNames = sharedNames);
  }

  @Override
  public Set<String> chosen() {
    return choices.chosen;
  }

  @Override
  public Optional<Duration> busyTimeout() {
    return Optional.ofNullable(choices.busyTimeout);
  }

  @Override
  public Durability durability() {
    return choices.durability;
  }

  @Override
  public InstantSource clock() {
    return choices.clock;
  }

  @Override
  public int commitGroupMax() {
    return choices.commitGroupMax;
  }

  @Override
  public int readers() {
    return choices.readers;
  }

  @Override
  public Consumer<Connection> connection() {
    return choices.connection;
  }

  @Override
  public Map<String, List<String>> migrations() {
    return choices.migrations;
  }

  @Override
  public boolean migrates() {
    return choices.migration == Migration.ON_OPEN;
  }

  @Override
  public Consumer<Jdbi> jdbi() {
    return choices.jdbi;
  }

  @Override
  public Optional<BelayObserver> observer() {
    return Optional.ofNullable(choices.observer);
  }

  @Override
  public Optional<Supplier<UnaryOperator<Runnable>>> context() {
    return Optional.ofNullable(choices.context);
  }

  @Override
  public boolean ownerOnlyFiles() {
    return choices.ownerOnlyFiles;
  }

  @Override
  public boolean sharedNames() {
    return choices.sharedNames;
  }
}
