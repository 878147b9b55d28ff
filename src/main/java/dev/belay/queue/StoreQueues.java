package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.TokenSpace;
import java.util.Objects;
import java.util.function.LongSupplier;

/** The shared state of all queues of one open store. Safe for use by many threads. */
final class StoreQueues {
  private final StoreEngine engine;
  private final TokenSpace tokens;
  private final LongSupplier nanoTime;
  private final WaitVerbs waits;
  private final ClaimRegistry held;
  private final WorkerRegistry workers = new WorkerRegistry();
  private final RetentionSettings retention = new RetentionSettings();
  private final HandlerCommitter committer = new HandlerCommitter();

  /**
   * Creates the state of a store in which no thread waits and no worker runs.
   *
   * @param nanoTime as {@link System#nanoTime}, for actions that are made once a minute
   */
  StoreQueues(StoreEngine engine, TokenSpace tokens, LongSupplier nanoTime) {
    this.engine = Objects.requireNonNull(engine, "engine");
    this.tokens = Objects.requireNonNull(tokens, "tokens");
    this.nanoTime = nanoTime;
    this.waits = new WaitVerbs(engine);
    this.held = new ClaimRegistry(engine);
  }

  StoreEngine engine() {
    return engine;
  }

  /** Returns the tokens of all grants of this store. */
  TokenSpace tokens() {
    return tokens;
  }

  /** Returns the clock for actions that are made once a minute, as {@link System#nanoTime}. */
  LongSupplier nanoTime() {
    return nanoTime;
  }

  /** Returns the verbs that wait. */
  WaitVerbs waits() {
    return waits;
  }

  /** Returns the claims that the workers hold. */
  ClaimRegistry held() {
    return held;
  }

  /** Returns the workers that have been started. */
  WorkerRegistry workers() {
    return workers;
  }

  /** Returns the retentions that this process has set. */
  RetentionSettings retention() {
    return retention;
  }

  /** Returns the maker of the handlers' commits. */
  HandlerCommitter committer() {
    return committer;
  }
}
