package dev.belay;

import dev.belay.store.BelayObserver;
import dev.belay.store.Durability;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * How a store is opened. Immutable, safe for use by many threads; every {@code with…} returns a
 * changed copy.
 */
public final class BelayOptions {
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

  private final Choices choices;

  private BelayOptions(Choices choices) {
    this.choices = choices;
  }

  /** What has been chosen. Changed only while it is made. */
  private static final class Choices implements Cloneable {
    private @Nullable Duration busyTimeout;
    private Durability durability = Durability.PROCESS_CRASH;
    private InstantSource clock;
    private int commitGroupMax = COMMIT_GROUP_DEFAULT;
    private int readers = READERS_DEFAULT;
    private List<String> appMigrations = List.of();
    private Consumer<Jdbi> jdbi = jdbi -> {};
    private Consumer<Connection> connection = connection -> {};
    private @Nullable BelayObserver observer;
    private boolean ownerOnlyFiles = true;
    private boolean sharedNames;

    Choices(InstantSource clock) {
      this.clock = clock;
    }

    @Override
    protected Choices clone() {
      try {
        return (Choices) super.clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private BelayOptions with(Consumer<Choices> change) {
    Choices changed = choices.clone();
    change.accept(changed);
    return new BelayOptions(changed);
  }

  /** The defaults, which are meant to be right for most. */
  public static BelayOptions defaults() {
    return new BelayOptions(new Choices(Clock.systemUTC()));
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
   * Flyway locations of the application's own migrations, run on open after Belay's, in the same
   * file, with the history table {@code flyway_schema_history}. All that are pending run in one
   * transaction, with Belay's: they land together or not at all, and none may begin or end a
   * transaction. They run once for each open store, never when a connection is replaced. A location
   * that holds no migration is refused at open. None by default.
   *
   * @throws IllegalArgumentException if a location is blank
   */
  public BelayOptions withAppMigrations(String... locations) {
    for (String location : locations) {
      if (location.isBlank()) {
        throw new IllegalArgumentException("a migration location must not be blank");
      }
    }
    return with(changed -> changed.appMigrations = List.of(locations));
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

  /** The busy timeout, if one was chosen. */
  public Optional<Duration> busyTimeout() {
    return Optional.ofNullable(choices.busyTimeout);
  }

  /** See {@link #withDurability}. */
  public Durability durability() {
    return choices.durability;
  }

  /** See {@link #withClock}. */
  public InstantSource clock() {
    return choices.clock;
  }

  /** See {@link #withCommitGroupMax}. */
  public int commitGroupMax() {
    return choices.commitGroupMax;
  }

  /** See {@link #withReaders}. */
  public int readers() {
    return choices.readers;
  }

  /** See {@link #withConnection}. */
  public Consumer<Connection> connection() {
    return choices.connection;
  }

  /** See {@link #withAppMigrations}. */
  public List<String> appMigrations() {
    return choices.appMigrations;
  }

  /** See {@link #withJdbi}. */
  public Consumer<Jdbi> jdbi() {
    return choices.jdbi;
  }

  /** The observer, if one was given. */
  public Optional<BelayObserver> observer() {
    return Optional.ofNullable(choices.observer);
  }

  /** See {@link #withOwnerOnlyFiles}. */
  public boolean ownerOnlyFiles() {
    return choices.ownerOnlyFiles;
  }

  /** See {@link #withSharedNames}. */
  public boolean sharedNames() {
    return choices.sharedNames;
  }
}
