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
  private final Waiters waiters;
  private final HeldClaims held;
  private final Workers workers = new Workers();
  private final Retentions retentions = new Retentions();
  private final HandlerCommits commits = new HandlerCommits();

  /**
   * Nothing waits and no worker runs yet.
   *
   * @param nanoTime as {@link System#nanoTime}, for what happens once a minute
   */
  StoreQueues(StoreEngine engine, TokenSpace tokens, LongSupplier nanoTime) {
    this.engine = Objects.requireNonNull(engine, "engine");
    this.tokens = Objects.requireNonNull(tokens, "tokens");
    this.nanoTime = nanoTime;
    this.waiters = new Waiters(engine);
    this.held = new HeldClaims(engine);
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

  /** The threads that wait for work. */
  Waiters waiters() {
    return waiters;
  }

  /** The claims that the workers hold. */
  HeldClaims held() {
    return held;
  }

  /** The workers that have been started. */
  Workers workers() {
    return workers;
  }

  /** How long the queues keep finished work. */
  Retentions retentions() {
    return retentions;
  }

  /** The commits that handlers make. */
  HandlerCommits commits() {
    return commits;
  }
}
