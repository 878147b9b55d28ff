package dev.belay.kit.queue;

import dev.belay.kit.Form;
import dev.belay.kit.StoreExtension;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.Work;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A store with a manual clock and one queue, whose work is tried again after 10 s. Belongs to one
 * test.
 */
public final class QueueStore extends StoreExtension {
  /** How long claims are held. */
  public static final Duration TTL = Duration.ofSeconds(30);

  /** The delay before work is tried again. */
  public static final Duration RETRY = Duration.ofSeconds(10);

  /** The unit of time. */
  public static final Duration MS = Duration.ofMillis(1);

  /** A wait that no test lives to see the end of: only a wake ends it. */
  public static final Duration FOREVER = Duration.ofDays(365);

  /** The name of the queue. */
  public static final String NAME = "jobs";

  private static final QueueOptions OPTIONS = QueueOptions.defaults().withRetry(attempt -> RETRY);

  private final LaterThreads threads = new LaterThreads();
  private @Nullable WorkQueue queue;

  private QueueStore(@Nullable Form form) {
    super(form);
    var unused = withManualClock();
  }

  /** A store on each form that the suite runs on. */
  public static QueueStore onEachForm() {
    return new QueueStore(null);
  }

  /** A store on that form only. */
  public static QueueStore on(Form form) {
    return new QueueStore(form);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    super.beforeEach(context);
    queue = belay().queue(NAME, OPTIONS);
  }

  /** The queue of the first handle. */
  public WorkQueue queue() {
    if (queue == null) {
      throw new IllegalStateException("the test has not begun");
    }
    return queue;
  }

  /** The queue as a second handle sees it. */
  public WorkQueue queueOfAnother() {
    return another().queue(NAME, OPTIONS);
  }

  private WorkQueue nextQueue() {
    return nextHandle().queue(NAME, OPTIONS);
  }

  /** Enqueues work, and returns its id. */
  public long add(NewWork work) {
    return nextQueue().enqueue(work).workId();
  }

  /** Enqueues work with that payload. */
  public long add(String payload) {
    return add(NewWork.of(payload));
  }

  /** Enqueues work in a lane. */
  public long addToLane(String lane, String payload) {
    return add(NewWork.of(payload).withLane(lane));
  }

  /** Returns the next claim, which must be there. */
  public Claim claim() {
    return nextQueue().claim("w", TTL).orElseThrow();
  }

  /** Claims and completes all work that is claimable now; returns the payloads in that order. */
  public List<String> drain() {
    List<String> payloads = new ArrayList<>();
    for (var claim = nextClaim(); claim.isPresent(); claim = nextClaim()) {
      payloads.add(claim.get().payload());
      nextQueue().complete(claim.get());
    }
    return payloads;
  }

  private Optional<Claim> nextClaim() {
    return nextQueue().claim("w", TTL);
  }

  /** Returns the state of work that must be there. */
  public WorkState state(long id) {
    return work(id).state();
  }

  /** Returns work that must be there. */
  public Work work(long id) {
    return nextQueue().find(id).orElseThrow();
  }

  /** Returns work that must be there, once it is finished. */
  public Work finished(long id) throws InterruptedException {
    return nextQueue().awaitFinished(id, FOREVER).orElseThrow();
  }

  /** Returns the payloads of claims. */
  public static List<String> payloads(List<Claim> claims) {
    return claims.stream().map(Claim::payload).toList();
  }

  /** Claims one piece of work on another thread, waiting {@link #FOREVER}. */
  public CompletableFuture<List<Claim>> claimLater() {
    return later(() -> queue().claim("w", TTL, 1, FOREVER));
  }

  /** Runs an action on another thread, which ends before the test does. */
  public <T> CompletableFuture<T> later(Callable<T> action) {
    return threads.run(action);
  }

  /** Returns the thread of the last call of {@link #later}. */
  public Thread lastThread() {
    return threads.last();
  }

  /** Waits until the last thread waits for a time, or has ended. */
  public void awaitWaiting() {
    Thread thread = lastThread();
    Patience.until(
        "a thread that waits",
        () -> thread.getState() == Thread.State.TIMED_WAITING || !thread.isAlive());
  }

  /** Returns the result of a call of {@link #later}, or throws what the action threw. */
  public static <T> T get(CompletableFuture<T> future) throws Exception {
    return LaterThreads.get(future);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    super.afterEach(context);
    threads.join();
  }
}
