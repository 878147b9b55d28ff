package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.TokenSpace;
import dev.belay.kit.StoreExtension;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A store with two views of one queue: {@code waiting}, through a {@link SpyEngine}, for threads
 * that wait, and {@code queue} for all others. It has a manual clock and belongs to one test.
 */
@NullUnmarked // set up before each test
final class WaitingStore extends StoreExtension {
  static final Duration TTL = Duration.ofSeconds(30);

  /**
   * A wait that no test outlasts: a thread that is not woken hangs until the test's patience is
   * over.
   */
  static final Duration FOREVER = Duration.ofDays(365);

  static final Duration RETRY = Duration.ofSeconds(10);

  /** The time by which the clock for actions once a minute is ahead. */
  final AtomicLong nanosAhead = new AtomicLong();

  private final LaterThreads threads = new LaterThreads();
  SpyEngine spy;
  StoreQueues queues;
  WaitVerbs waits;
  WorkQueue waiting;
  WorkQueue queue;

  private WaitingStore() {
    super(null);
    var unused = withManualClock();
  }

  /**
   * A store on each form that the suite runs on. In memory a commit is notified once: a waiter that
   * misses it waits for ever. Elsewhere it may be notified a second time, as that of another
   * process.
   */
  public static WaitingStore onEachForm() {
    return new WaitingStore();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    super.beforeEach(context);
    spy = new SpyEngine((StoreEngine) belay().tx());
    TokenSpace tokens = new TokenSpace();
    QueueOptions options = QueueOptions.defaults().withRetry(attempt -> RETRY);
    queues = new StoreQueues(spy, tokens, () -> System.nanoTime() + nanosAhead.get());
    waits = queues.waits();
    waiting = new WorkQueue(queues, "jobs", options);
    queue = new QueueEngine(spy.store, tokens).queue("jobs", options);
    createNotes();
  }

  /** Claims one piece of work on a thread of its own, which waits for ever. */
  CompletableFuture<List<Claim>> claimLater() {
    return later(() -> waiting.claim("w", TTL, 1, FOREVER));
  }

  <T> CompletableFuture<T> later(Callable<T> action) {
    return threads.run(action);
  }

  Thread lastThread() {
    return threads.last();
  }

  /** Waits until {@code count} threads wait, and the look for the last of them is over. */
  void awaitIdle(int count) {
    await(() -> waits.waiting() == count);
    int looks = spy.looks.get();
    commit();
    await(() -> spy.looks.get() > looks);
  }

  /** Commits a change that no queue has a part in. */
  void commit() {
    queue.tx().useWrite(tx -> tx.handle().execute("UPDATE note SET text = 'none'"));
  }

  static void await(BooleanSupplier condition) {
    Patience.until("what the test waits for", condition);
  }

  /**
   * Waits in hooks and handlers without a checked exception: an interrupt ends the wait and leaves
   * the flag set.
   */
  static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return LaterThreads.get(future);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    spy.close();
    super.afterEach(context);
    threads.join();
  }
}
