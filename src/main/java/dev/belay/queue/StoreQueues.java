package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.TokenSpace;
import java.util.Objects;
import java.util.function.LongSupplier;

/** What all queues of one open store share. Safe for use by many threads. */
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
   * Nothing waits and no worker runs yet.
   *
   * @param nanoTime as {@link System#nanoTime}, for what happens once a minute
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

  /** The tokens of all grants of this store. */
  TokenSpace tokens() {
    return tokens;
  }

  /** As {@link System#nanoTime}, for what happens once a minute. */
  LongSupplier nanoTime() {
    return nanoTime;
  }

  /** The verbs that wait. */
  WaitVerbs waits() {
    return waits;
  }

  /** The claims that the workers hold. */
  ClaimRegistry held() {
    return held;
  }

  /** The workers that have been started. */
  WorkerRegistry workers() {
    return workers;
  }

  /** How long the queues keep finished work. */
  RetentionSettings retention() {
    return retention;
  }

  /** Makes the commits of handlers. */
  HandlerCommitter committer() {
    return committer;
  }
}
