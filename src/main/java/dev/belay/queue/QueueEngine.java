package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.TokenSpace;
import dev.belay.store.TextRule;
import dev.belay.store.Tx;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The queues of one open store, for Belay itself and its other features. An application gets a
 * {@link WorkQueue} from {@code Belay.queue(…)}. Safe for use by many threads.
 */
public final class QueueEngine {
  private final StoreEngine engine;
  private final StoreQueues store;

  /** Creates the queues of a store; one for each open store. */
  public QueueEngine(StoreEngine engine, TokenSpace tokens) {
    this.engine = engine;
    this.store = new StoreQueues(engine, tokens, System::nanoTime);
  }

  /** As {@code Belay.queue}. */
  public WorkQueue queue(String name, QueueOptions options) {
    return new WorkQueue(store, name, options);
  }

  /** As {@code Belay.queues}. */
  public List<String> names(@Nullable String afterName, int limit) {
    Counts.upTo(WorkQueue.LIMIT_MAX, "limit", limit);
    String after = afterName == null ? "" : TextRule.id("afterName", afterName);
    return engine.read(tx -> tx.attach(WorkDao.class).queues(after, limit));
  }

  /**
   * Returns whether the current thread is one of a worker of this store, which runs its handlers.
   */
  public boolean isWorkerThread() {
    return store.workers().isWorkerThread();
  }

  /**
   * Stops all workers of this store at the same time, as {@link Worker#close} does. No worker can
   * be started afterwards. Must not be called on a thread of a worker.
   */
  public void stopWorkers() {
    store.workers().close();
  }

  /**
   * Registers the function that makes the commits of {@link WorkContext#commit}; it throws if a
   * commit is refused.
   */
  public void commitBy(Function<HandlerCommit<?>, ?> committer) {
    store.committer().register(committer);
  }

  /** Notes that a commit that names {@code claim} was accepted in {@code tx}. */
  public void committed(Tx tx, Claim claim) {
    store.held().committed(tx, claim);
  }

  /** As {@link #committed}, for a commit that completes the work of {@code claim}. */
  public void completed(Tx tx, Claim claim) {
    store.held().committed(tx, claim);
    store.held().finished(tx, claim);
  }

  /**
   * Notes that a commit that names {@code claim} was refused in {@code tx}, for the reason {@code
   * why}.
   */
  public void refused(Tx tx, Claim claim, Supplier<? extends RuntimeException> why) {
    store.held().refused(tx, claim, why);
  }

  /**
   * Waits for a condition of another feature: tries immediately, and again whenever the condition
   * holds after a commit, until the result is enough or {@code wait} is over. Returns the result of
   * the last try.
   *
   * @param what the identity of the condition; callers with equal identities share one test
   * @param hasCome tests the condition, after commits
   * @throws InterruptedException as the waiting verbs of queues do
   */
  public <T> T until(
      Object what, Predicate<Tx> hasCome, Duration wait, Supplier<T> attempt, Predicate<T> enough)
      throws InterruptedException {
    return store.waits().until(new Awaited.Elsewhere(what, hasCome), 1, wait, attempt, enough);
  }
}
