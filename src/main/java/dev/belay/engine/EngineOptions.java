package dev.belay.engine;

import dev.belay.store.BelayObserver;
import dev.belay.store.Durability;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;

/** How an engine is to be opened: {@code BelayOptions}. Immutable, safe for use by many threads. */
public interface EngineOptions {
  /** Returns the busy timeout, if one was chosen. */
  Optional<Duration> busyTimeout();

  /** Returns what an acknowledged commit survives. */
  Durability durability();

  /** Returns the clock of the store. */
  InstantSource clock();

  /** Returns how many waiting writes may share one commit, from 1. */
  int commitGroupMax();

  /** Returns how many bodies may read at once, from 1. */
  int readers();

  /** Returns what prepares each connection on which bodies run, once it is open. */
  Consumer<Connection> connection();

  /** Returns the locations of each history by its name, in the order in which they run. */
  Map<String, List<String>> migrations();

  /** Returns what registers the application's mappers, plugins and arguments. */
  Consumer<Jdbi> jdbi();

  /** Returns the observer, if one was given. */
  Optional<BelayObserver> observer();

  /** Returns what captures a caller's context, if it was given. */
  Optional<Supplier<UnaryOperator<Runnable>>> context();

  /** Returns whether new files belong to their owner alone. */
  boolean ownerOnlyFiles();

  /** Returns whether a file that has a second name is opened all the same. */
  boolean sharedNames();
}
