package dev.belay.queue;

import dev.belay.engine.TokenSpace;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import dev.belay.testing.TempFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A store with two views of one queue: {@code waiting}, through a {@link SpyEngine}, for threads
 * that wait, and {@code queue} for all others.
 */
final class WaitingStore implements AfterEachCallback {
  static final Duration TTL = Duration.ofSeconds(30);

  /**
   * A wait that no test outlasts: a thread that is not woken hangs until the test's patience is
   * over.
   */
  static final Duration FOREVER = Duration.ofDays(365);

  private static final String FILE = "store.db";
  static final Duration RETRY = Duration.ofSeconds(10);

  final ManualClock clock = new ManualClock();

  /** The time by which the clock for actions once a minute is ahead. */
  final AtomicLong nanosAhead = new AtomicLong();

  private final LaterThreads threads = new LaterThreads();
  private final @Nullable Path directory;
  final SpyEngine spy;
  final StoreQueues queues;
  final WaitVerbs waits;
  final WorkQueue waiting;
  final WorkQueue queue;

  private WaitingStore(@Nullable Path directory) {
    this.directory = directory;
    this.spy =
        directory == null
            ? SpyEngine.openInMemory(clock)
            : SpyEngine.open(directory.resolve(FILE), clock);
    TokenSpace tokens = new TokenSpace();
    QueueOptions options = QueueOptions.defaults().withRetry(attempt -> RETRY);
    queues = new StoreQueues(spy, tokens, () -> System.nanoTime() + nanosAhead.get());
    waits = queues.waits();
    waiting = new WorkQueue(queues, "jobs", options);
    queue = new QueueEngine(spy.store, tokens).queue("jobs", options);
  }

  /**
   * Opens a file, which notifies of each commit twice: directly, and as for a commit of another
   * process.
   */
  static WaitingStore inFile() {
    try {
      return new WaitingStore(Files.createTempDirectory("belay-waiting"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Opens a store in memory, which notifies of each commit once: a waiter that misses it waits for
   * ever.
   */
  static WaitingStore inMemory() {
    return new WaitingStore(null);
  }

  Path file() {
    return Objects.requireNonNull(directory).resolve(FILE);
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
    queue.tx().useWrite(tx -> {});
    await(() -> spy.looks.get() > looks);
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
    threads.join();
    if (directory == null) {
      return;
    }
    TempFolder.delete(directory);
  }
}
