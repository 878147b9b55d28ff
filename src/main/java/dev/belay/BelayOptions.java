package dev.belay;

import dev.belay.engine.EngineOptions;
import dev.belay.store.BelayObserver;
import dev.belay.store.Durability;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;

/**
 * How a store is opened. Immutable, safe for use by many threads; every {@code with…} returns a
 * changed copy.
 */
public final class BelayOptions implements EngineOptions {
  /** The busy timeout of a store opened for writing, if none is set. */
  public static final Duration BUSY_TIMEOUT_DEFAULT = Duration.ofSeconds(15);

  /** The busy timeout of a store opened for reading, if none is set. */
  public static final Duration READ_ONLY_BUSY_TIMEOUT_DEFAULT = Duration.ofSeconds(1);

  /** The longest busy timeout: what fits into an {@code int} of milliseconds, almost 25 days. */
  public static final Duration BUSY_TIMEOUT_MAX = Duration.ofMillis(Integer.MAX_VALUE);

  /** How many waiting writes may share one commit, if that is not set. */
  public static final int COMMIT_GROUP_DEFAULT = 64;

  /** The largest commit group. */
  public static final int COMMIT_GROUP_MAX = 1024;

  /** How many bodies may read at once, if that is not set. */
  public static final int READERS_DEFAULT = 4;

  /** The largest number of reading connections. */
  public static final int READERS_MAX = 64;

  /** The longest name of migrations, in characters. */
  public static final int MIGRATIONS_NAME_MAX = 50;

  private final OptionChoices choices;

  private BelayOptions(OptionChoices choices) {
    this.choices = choices;
  }

  private BelayOptions with(Consumer<OptionChoices> change) {
    OptionChoices changed = choices.clone();
    change.accept(changed);
    return new BelayOptions(changed);
  }

  /** The defaults, which are meant to be right for most. */
  public static BelayOptions defaults() {
    return new BelayOptions(new OptionChoices(Clock.systemUTC()));
  }

  /**
   * How long a verb waits for another process, counted from the call of the verb. 15 s by default,
   * 1 s for a store opened for reading. Zero: a single try.
   *
   * <p>It also bounds how long {@code close} waits, and says after which time a warning names a
   * body that keeps others waiting; that wait itself is not bounded.
   *
   * @throws IllegalArgumentException if negative or longer than {@link #BUSY_TIMEOUT_MAX}
   */
  public BelayOptions withBusyTimeout(Duration busyTimeout) {
    if (busyTimeout.isNegative() || busyTimeout.compareTo(BUSY_TIMEOUT_MAX) > 0) {
      throw new IllegalArgumentException(
          "busyTimeout must be from 0 to " + BUSY_TIMEOUT_MAX + ": " + busyTimeout);
    }
    return with(changed -> changed.busyTimeout = busyTimeout);
  }

  /** What an acknowledged commit survives. {@link Durability#PROCESS_CRASH} by default. */
  public BelayOptions withDurability(Durability durability) {
    Objects.requireNonNull(durability, "durability");
    return with(changed -> changed.durability = durability);
  }

  /** Where the time of every transaction comes from. The system's clock by default. */
  public BelayOptions withClock(InstantSource clock) {
    Objects.requireNonNull(clock, "clock");
    return with(changed -> changed.clock = clock);
  }

  /**
   * How many waiting writes may share one commit, 64 by default; 1 turns sharing off. Sharing
   * changes no outcome, only how often a body may run: see {@link dev.belay.store.TxBody}.
   *
   * @throws IllegalArgumentException if not from 1 to {@link #COMMIT_GROUP_MAX}
   */
  public BelayOptions withCommitGroupMax(int commitGroupMax) {
    if (commitGroupMax < 1 || commitGroupMax > COMMIT_GROUP_MAX) {
      throw new IllegalArgumentException(
          "commitGroupMax must be from 1 to " + COMMIT_GROUP_MAX + ": " + commitGroupMax);
    }
    return with(changed -> changed.commitGroupMax = commitGroupMax);
  }

  /**
   * How many bodies may read at once, each on a connection of its own that is opened when it is
   * needed; 4 by default. One slow body less than that keeps no other read waiting; as many keep
   * every other read waiting, but no write, and not the looks by which Belay wakes whoever waits
   * for work. In memory there is one connection for everything, and this has no effect.
   *
   * @throws IllegalArgumentException if not from 1 to {@link #READERS_MAX}
   */
  public BelayOptions withReaders(int readers) {
    if (readers < 1 || readers > READERS_MAX) {
      throw new IllegalArgumentException(
          "readers must be from 1 to " + READERS_MAX + ": " + readers);
    }
    return with(changed -> changed.readers = readers);
  }

  /**
   * Prepares each connection on which bodies run, whenever one is opened: settings, functions,
   * collations, extensions that every body needs, and that the application's migrations may need.
   * (A setting that a body makes ends with the body.) Nothing by default.
   *
   * <p>Called several times for one store, perhaps on several threads at once, because connections
   * are opened when needed and replaced after failures; before a new file is made, on a database in
   * memory too. Called outside any transaction, after Belay's own settings (but foreign keys stay
   * enforced). It must leave the connection open and outside a transaction, and must not weaken
   * what Belay has set. What it throws fails {@code open}, which then has changed nothing (but
   * where it fails on the file alone, and not on the database in memory before), or the verb that
   * needed one more connection; the next verb tries again.
   */
  public BelayOptions withConnection(Consumer<Connection> connection) {
    Objects.requireNonNull(connection, "connection");
    return with(changed -> changed.connection = connection);
  }

  /**
   * As {@link #withMigrations}, for the history that is named {@code app} and has the table {@code
   * flyway_schema_history}, which is Flyway's own: so an application can change between this and a
   * run of Flyway of its own.
   */
  public BelayOptions withAppMigrations(String... locations) {
    return withMigrations("app", locations);
  }

  /**
   * Flyway locations of migrations that are run on open after Belay's, in the same file, with a
   * history of their own in the table {@code flyway_schema_<name>_history}: so the application, and
   * each library that brings tables of its own, counts its versions for itself. Histories run in
   * the order in which they were first named; naming one again replaces its locations.
   *
   * <p>All that are pending run in one transaction, with Belay's: they land together or not at all,
   * and none may begin or end a transaction. They run once for each open store, never when a
   * connection is replaced. A location that holds no migration is refused at open. None by default.
   *
   * @param name 1 to {@link #MIGRATIONS_NAME_MAX} characters, a small letter, then small letters,
   *     digits and underscores
   * @throws IllegalArgumentException if the name is another, or if there is no location or a blank
   *     one
   */
  public BelayOptions withMigrations(String name, String... locations) {
    return with(changed -> changed.addMigrations(name, List.of(locations)));
  }

  /**
   * Registers mappers, arguments and plugins of the application, once per open. Nothing of it
   * reaches Belay's own DAOs. Runs before Belay sets its transaction handler, which therefore
   * cannot be replaced. Nothing by default.
   */
  public BelayOptions withJdbi(Consumer<Jdbi> jdbi) {
    Objects.requireNonNull(jdbi, "jdbi");
    return with(changed -> changed.jdbi = jdbi);
  }

  /**
   * Who is told what the store does, in place of one that only logs failures. Without it nothing
   * else is told, and telling costs nothing.
   */
  public BelayOptions withObserver(BelayObserver observer) {
    Objects.requireNonNull(observer, "observer");
    return with(changed -> changed.observer = observer);
  }

  /**
   * How the context of a caller, such as a logging, security or trace context in thread locals,
   * reaches its code where another thread runs that. Nothing is carried by default.
   *
   * <p>{@code capture} is called on the caller's thread and returns what wraps a task that runs
   * later: the wrapped task installs the context, runs the task once, on its own thread, and
   * removes the context in a {@code finally}. So {@code () -> Context.current()::wrap} does for
   * OpenTelemetry, and {@code () -> snapshots.captureAll()::wrap} for Micrometer. It is captured
   *
   * <ul>
   *   <li>by each verb of {@link dev.belay.store.TxRunner}, and of the facades, whose body another
   *       thread runs, for the body, and for the actions added to its future that Belay runs;
   *   <li>by {@link dev.belay.store.Tx#afterCommit} for the hook, and by the first use of {@link
   *       dev.belay.store.Tx#handle} for JDBI's own hooks;
   *   <li>by {@code Leases.keep} for {@code onLost};
   *   <li>by {@code Worker.Builder.start} for every handler of that worker, and by {@code
   *       WorkContext.onCancel} for its action.
   * </ul>
   *
   * <p>What {@code capture} throws, the verb throws, and nothing has been done. What the wrapper
   * throws is logged; the task runs all the same, and its own outcome stands.
   */
  public BelayOptions withContext(Supplier<UnaryOperator<Runnable>> capture) {
    Objects.requireNonNull(capture, "capture");
    return with(changed -> changed.context = capture);
  }

  /**
   * Whether files are created readable and writable by their owner alone, true by default. Where
   * the file system knows no such permissions this has no effect; existing files keep theirs.
   */
  public BelayOptions withOwnerOnlyFiles(boolean ownerOnlyFiles) {
    return with(changed -> changed.ownerOnlyFiles = ownerOnlyFiles);
  }

  /**
   * Whether a file that has a second name is opened all the same, with a warning in the log; false
   * by default. A second name is another hard link that is still there after the busy timeout, or a
   * mount of the single file (as into a container; mount the folder instead). Processes that open
   * one file under different names lose each other's commits, so allow it only where all use one
   * name. Symbolic links are no second name. Opening for reading never refuses.
   */
  public BelayOptions withSharedNames(boolean sharedNames) {
    return with(changed -> changed.sharedNames = sharedNames);
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
