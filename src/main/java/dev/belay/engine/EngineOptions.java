package dev.belay.engine;

import dev.belay.store.BelayObserver;
import dev.belay.store.Durability;
import java.sql.Connection;
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
 * The options with which an engine is opened; {@code BelayOptions} implements them. Immutable, safe
 * for use by many threads.
 */
public interface EngineOptions {
  /** Returns the names of the methods with which the application chose something. */
  Set<String> chosen();

  /** Returns the busy timeout, if one was chosen. */
  Optional<Duration> busyTimeout();

  /** Returns the failures that an acknowledged commit survives. */
  Durability durability();

  /** Returns the clock of the store. */
  InstantSource clock();

  /** Returns the number of waiting writes that may share one commit, at least 1. */
  int commitGroupMax();

  /** Returns the number of bodies that may read at the same time, at least 1. */
  int readers();

  /** Returns the code that prepares each connection on which bodies run, once it is open. */
  Consumer<Connection> connection();

  /** Returns the locations of each history by its name, in the order in which they run. */
  Map<String, List<String>> migrations();

  /** Returns whether pending migrations run when a store is opened; otherwise it is refused. */
  boolean migrates();

  /** Returns the code that registers the application's mappers, plugins and arguments. */
  Consumer<Jdbi> jdbi();

  /** Returns the observer, if one was given. */
  Optional<BelayObserver> observer();

  /** Returns the supplier that captures a caller's context, if one was given. */
  Optional<Supplier<UnaryOperator<Runnable>>> context();

  /** Returns whether new files belong to their owner alone. */
  boolean ownerOnlyFiles();

  /** Returns whether a file that has a second name is opened anyway. */
  boolean sharedNames();
}
