package dev.belay;

import dev.belay.store.Durability;
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
  /** How long a writing store waits for another process, unless told otherwise. */
  public static final Duration BUSY_TIMEOUT_DEFAULT = Duration.ofSeconds(15);

  /** How long a read-only store waits for another process, unless told otherwise. */
  public static final Duration READ_ONLY_BUSY_TIMEOUT_DEFAULT = Duration.ofSeconds(1);

  /** The longest busy timeout: what fits into an {@code int} of milliseconds, almost 25 days. */
  public static final Duration BUSY_TIMEOUT_MAX = Duration.ofMillis(Integer.MAX_VALUE);

  /** How many waiting writes may share one commit, unless told otherwise. */
  public static final int COMMIT_GROUP_DEFAULT = 64;

  /** The largest commit group. */
  public static final int COMMIT_GROUP_MAX = 1024;

  private final @Nullable Duration busyTimeout;
  private final Durability durability;
  private final InstantSource clock;
  private final int commitGroupMax;
  private final List<String> appMigrations;
  private final Consumer<Jdbi> jdbi;
  private final boolean ownerOnlyFiles;
  private final boolean sharedNames;

  private BelayOptions(
      @Nullable Duration busyTimeout,
      Durability durability,
      InstantSource clock,
      int commitGroupMax,
      List<String> appMigrations,
      Consumer<Jdbi> jdbi,
      boolean ownerOnlyFiles,
      boolean sharedNames) {
    this.busyTimeout = busyTimeout;
    this.durability = durability;
    this.clock = clock;
    this.commitGroupMax = commitGroupMax;
    this.appMigrations = appMigrations;
    this.jdbi = jdbi;
    this.ownerOnlyFiles = ownerOnlyFiles;
    this.sharedNames = sharedNames;
  }

  /** The defaults, which are meant to be right for most. */
  public static BelayOptions defaults() {
    return new BelayOptions(
        null,
        Durability.PROCESS_CRASH,
        Clock.systemUTC(),
        COMMIT_GROUP_DEFAULT,
        List.of(),
        jdbi -> {},
        true,
        false);
  }

  /**
   * How long a call waits for another process, counted from the call. 15 s by default, 1 s for a
   * read-only store. Zero: a single try.
   *
   * @throws IllegalArgumentException if negative or longer than {@link #BUSY_TIMEOUT_MAX}
   */
  public BelayOptions withBusyTimeout(Duration busyTimeout) {
    if (busyTimeout.isNegative() || busyTimeout.compareTo(BUSY_TIMEOUT_MAX) > 0) {
      throw new IllegalArgumentException(
          "busyTimeout must be from 0 to " + BUSY_TIMEOUT_MAX + ": " + busyTimeout);
    }
    return new BelayOptions(
        busyTimeout,
        durability,
        clock,
        commitGroupMax,
        appMigrations,
        jdbi,
        ownerOnlyFiles,
        sharedNames);
  }

  /** What an acknowledged commit survives. {@link Durability#PROCESS_CRASH} by default. */
  public BelayOptions withDurability(Durability durability) {
    Objects.requireNonNull(durability, "durability");
    return new BelayOptions(
        busyTimeout,
        durability,
        clock,
        commitGroupMax,
        appMigrations,
        jdbi,
        ownerOnlyFiles,
        sharedNames);
  }

  /** Where the time of every transaction comes from. The system's clock by default. */
  public BelayOptions withClock(InstantSource clock) {
    Objects.requireNonNull(clock, "clock");
    return new BelayOptions(
        busyTimeout,
        durability,
        clock,
        commitGroupMax,
        appMigrations,
        jdbi,
        ownerOnlyFiles,
        sharedNames);
  }

  /**
   * How many waiting writes may share one commit, 64 by default; 1 turns sharing off.
   *
   * @throws IllegalArgumentException if not from 1 to {@link #COMMIT_GROUP_MAX}
   */
  public BelayOptions withCommitGroupMax(int commitGroupMax) {
    if (commitGroupMax < 1 || commitGroupMax > COMMIT_GROUP_MAX) {
      throw new IllegalArgumentException(
          "commitGroupMax must be from 1 to " + COMMIT_GROUP_MAX + ": " + commitGroupMax);
    }
    return new BelayOptions(
        busyTimeout,
        durability,
        clock,
        commitGroupMax,
        appMigrations,
        jdbi,
        ownerOnlyFiles,
        sharedNames);
  }

  /**
   * Flyway locations of the application's own migrations, run on open after Belay's, in the same
   * file, with the history table {@code flyway_schema_history}. All that are pending run in one
   * transaction: they land together or not at all. None by default.
   *
   * @throws IllegalArgumentException if a location is blank
   */
  public BelayOptions withAppMigrations(String... locations) {
    for (String location : locations) {
      if (location.isBlank()) {
        throw new IllegalArgumentException("a migration location must not be blank");
      }
    }
    return new BelayOptions(
        busyTimeout,
        durability,
        clock,
        commitGroupMax,
        List.of(locations),
        jdbi,
        ownerOnlyFiles,
        sharedNames);
  }

  /**
   * Registers mappers, arguments and plugins of the application, once per open. Runs before Belay
   * sets its transaction handler, which therefore cannot be replaced. Nothing by default.
   */
  public BelayOptions withJdbi(Consumer<Jdbi> jdbi) {
    Objects.requireNonNull(jdbi, "jdbi");
    return new BelayOptions(
        busyTimeout,
        durability,
        clock,
        commitGroupMax,
        appMigrations,
        jdbi,
        ownerOnlyFiles,
        sharedNames);
  }

  /**
   * Whether files are created readable and writable by their owner alone, true by default. Where
   * the file system knows no such permissions this has no effect; existing files keep theirs.
   */
  public BelayOptions withOwnerOnlyFiles(boolean ownerOnlyFiles) {
    return new BelayOptions(
        busyTimeout,
        durability,
        clock,
        commitGroupMax,
        appMigrations,
        jdbi,
        ownerOnlyFiles,
        sharedNames);
  }

  /**
   * Whether a file that has a second name is opened all the same, with a warning in the log; false
   * by default. A second name is another hard link, or that the file is a mount of its own (a
   * single file mounted into a container). Processes that open one file under different names lose
   * each other's commits, so allow it only where all use one name. Opening for reading never asks.
   */
  public BelayOptions withSharedNames(boolean sharedNames) {
    return new BelayOptions(
        busyTimeout,
        durability,
        clock,
        commitGroupMax,
        appMigrations,
        jdbi,
        ownerOnlyFiles,
        sharedNames);
  }

  /** The busy timeout, if one was chosen. */
  public Optional<Duration> busyTimeout() {
    return Optional.ofNullable(busyTimeout);
  }

  /** See {@link #withDurability}. */
  public Durability durability() {
    return durability;
  }

  /** See {@link #withClock}. */
  public InstantSource clock() {
    return clock;
  }

  /** See {@link #withCommitGroupMax}. */
  public int commitGroupMax() {
    return commitGroupMax;
  }

  /** See {@link #withAppMigrations}. */
  public List<String> appMigrations() {
    return appMigrations;
  }

  /** See {@link #withJdbi}. */
  public Consumer<Jdbi> jdbi() {
    return jdbi;
  }

  /** See {@link #withOwnerOnlyFiles}. */
  public boolean ownerOnlyFiles() {
    return ownerOnlyFiles;
  }

  /** See {@link #withSharedNames}. */
  public boolean sharedNames() {
    return sharedNames;
  }
}
