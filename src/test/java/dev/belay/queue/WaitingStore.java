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
 * A store with one queue seen twice: {@code waiting} for those who wait, through a {@link
 * SpyEngine}, and {@code queue} for everybody else.
 */
final class WaitingStore implements AfterEachCallback {
  static final Duration TTL = Duration.ofSeconds(30);

  /** No test waits so long: who is not woken hangs until the test's patience is over. */
  static final Duration FOREVER = Duration.ofDays(365);

  private static final String FILE = "store.db";
  static final Duration RETRY = Duration.ofSeconds(10);

  final ManualClock clock = new ManualClock();

  /** How far what happens once a minute is ahead of its time. */
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

  /** In a file, which tells of each commit twice: at once, and as another process's would be. */
  static WaitingStore inFile() {
    try {
      return new WaitingStore(Files.createTempDirectory("belay-waiting"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In memory, which tells of each commit once: what misses it waits for ever. */
  static WaitingStore inMemory() {
    return new WaitingStore(null);
  }

  Path file() {
    return Objects.requireNonNull(directory).resolve(FILE);
  }

  /** Claims one piece of work on a thread of its own, waiting for ever. */
  CompletableFuture<List<Claim>> claimLater() {
    return later(() -> waiting.claim("w", TTL, 1, FOREVER));
  }

  <T> CompletableFuture<T> later(Callable<T> action) {
    return threads.run(action);
  }

  Thread lastThread() {
    return threads.last();
  }

  /** Waits until there are {@code count} waits, and the look for the last of them is over. */
  void awaitIdle(int count) {
    await(() -> waits.waiting() == count);
    int looks = spy.looks.get();
    queue.tx().useWrite(tx -> {});
    await(() -> spy.looks.get() > looks);
  }

  static void await(BooleanSupplier condition) {
    Patience.until("what the test waits for", condition);
  }

  /** For hooks and handlers that may throw nothing: an interrupt ends it, and stays. */
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
