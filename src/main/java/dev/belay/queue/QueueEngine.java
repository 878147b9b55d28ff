package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.TokenSpace;
import dev.belay.queue.LaneDao.LinePlace;
import dev.belay.queue.SettleDao.HeldWork;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.TextRule;
import dev.belay.store.Tx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /**
   * The changes that one step of a session makes to queues, in the transaction of the step. Belongs
   * to the body that made it. For Belay itself; an application settles and enqueues through {@link
   * WorkQueue}.
   *
   * <p>The caller has locked the lanes. All changes are added and checked first; only {@link
   * #write} writes. So a refused step has written nothing.
   */
  public static final class Turn {
    private final Tx tx;
    private final List<Completion> completions = new ArrayList<>();
    private final Set<Long> completing = new HashSet<>();
    private final EnqueuePlan additions;

    /** Creates a turn without changes. */
    public Turn(Tx tx) {
      this.tx = tx;
      this.additions = new EnqueuePlan(tx, completing::contains);
    }

    /** Returns whether a claim is live: not settled, not given back, not lapsed. */
    public boolean isLive(Claim claim) {
      return new SettleStep(tx, claim).isLive();
    }

    /**
     * Adds the completion of a claim, which must not be added twice. Returns false if the claim is
     * not live.
     */
    public boolean complete(Claim claim, @Nullable String result) {
      SettleStep step = new SettleStep(tx, claim);
      Optional<HeldWork> held = step.held();
      held.ifPresent(
          work -> {
            completions.add(new Completion(claim.queue(), work, step, result));
            completing.add(work.id());
          });
      return held.isPresent();
    }

    /**
     * Checks that all work before completed work in its line is also completed.
     *
     * @throws IllegalStateException if earlier work of a lane grant would stay open
     */
    public void checkLines() {
      Map<Line, Set<Long>> completed = new LinkedHashMap<>();
      for (Completion completion : completions) {
        String lane = completion.held().lane();
        if (lane != null) {
          completed
              .computeIfAbsent(new Line(completion.queue(), lane), line -> new HashSet<>())
              .add(completion.held().id());
        }
      }
      completed.forEach(this::checkLine);
    }

    /** Checks that the completed work is the front of the line, as a grant is. */
    private void checkLine(Line line, Set<Long> completed) {
      LaneDao lanes = tx.attach(LaneDao.class);
      for (LinePlace place : lanes.line(line.queue(), line.lane(), completed.size())) {
        if (!completed.contains(place.id())) {
          throw new IllegalStateException(
              "work "
                  + place.id()
                  + " in queue "
                  + line.queue()
                  + " is open: no later work of its lane grant can be finished before it");
        }
      }
    }

    /**
     * Adds work to enqueue, behind the work added before. Returns false if its key belongs to work
     * of other content, in the queue or in this turn. Work that this turn completes counts as
     * finished.
     */
    public boolean enqueue(String queue, NewWork work) {
      return additions.add(queue, work);
    }

    /**
     * Writes the completions, then the new work. Returns the result for each added work, in order.
     */
    public List<Enqueued> write() {
      // Claims were added in any order; a line is finished front to back.
      completions.sort(Comparator.comparingLong(completion -> completion.held().linePos()));
      completions.forEach(Turn::write);
      return additions.write();
    }

    private static void write(Completion completion) {
      if (completion.step().complete(completion.result()) != Settlement.SETTLED) {
        throw new StoreCorruptException(
            "queue "
                + completion.queue()
                + ": the claim of work "
                + completion.held().id()
                + " is live, but cannot be settled",
            null);
      }
    }

    private record Completion(
        String queue, HeldWork held, SettleStep step, @Nullable String result) {}

    private record Line(String queue, String lane) {}
  }
}
