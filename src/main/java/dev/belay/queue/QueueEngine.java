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
 * The queues of one open store as Belay itself and its other features use them. Not for users, who
 * get a {@link WorkQueue} from {@code Belay.queue(…)}. Safe for use by many threads.
 */
public final class QueueEngine {
  private final StoreEngine engine;
  private final StoreQueues store;

  /** One for each open store: no queue is in use yet. */
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

  /** Whether the current thread runs a handler of a worker of this store. */
  public boolean isWorkerThread() {
    return store.workers().isWorkerThread();
  }

  /**
   * Stops all workers of this store at the same time, as {@link Worker#close} does, and lets no
   * more be started. Not on one of their threads.
   */
  public void stopWorkers() {
    store.workers().close();
  }

  /** Has {@link WorkContext#commit} done by {@code committer}, which throws if it is refused. */
  public void commitBy(Function<HandlerCommit<?>, ?> committer) {
    store.committer().register(committer);
  }

  /** A commit that names {@code claim} is not refused in {@code tx}. */
  public void committed(Tx tx, Claim claim) {
    store.held().committed(tx, claim);
  }

  /** As {@link #committed}; the commit completes the work of {@code claim}. */
  public void completed(Tx tx, Claim claim) {
    store.held().committed(tx, claim);
    store.held().finished(tx, claim);
  }

  /** A commit that names {@code claim} is refused in {@code tx}, for the reason {@code why}. */
  public void refused(Tx tx, Claim claim, Supplier<? extends RuntimeException> why) {
    store.held().refused(tx, claim, why);
  }

  /**
   * As the waiting verbs of queues, for what another feature waits for: tries at once, and whenever
   * a commit may have brought it, until the result is enough or {@code wait} is over. Returns the
   * result of the last try.
   *
   * @param what callers that wait for equal ones wait for the same
   * @param hasCome whether a try may succeed; asked after commits, once for all that wait for the
   *     same
   * @throws InterruptedException as the waiting verbs of queues do
   */
  public <T> T until(
      Object what, Predicate<Tx> hasCome, Duration wait, Supplier<T> attempt, Predicate<T> enough)
      throws InterruptedException {
    return store.waits().until(new Awaited.Elsewhere(what, hasCome), 1, wait, attempt, enough);
  }
}
