package dev.belay.postgres;

import dev.belay.Belay;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A thread that waits for work of one store, while another store enqueues it. Stateless, safe for
 * use by many threads.
 */
final class OtherStoreWakes {
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final String QUEUE = "wake";

  private OtherStoreWakes() {}

  /** Fails if the waiter is not woken. Returns how long it took, in nanoseconds. */
  static long check(Belay waiting, Belay enqueuing) throws Exception {
    CompletableFuture<Long> wokenNanos = new CompletableFuture<>();
    Thread waiter =
        new Thread(
            () -> {
              try {
                List<Claim> claims = waiting.queue(QUEUE).claim("w", TTL, 1, Patience.LIMIT);
                wokenNanos.complete(System.nanoTime());
                claims.forEach(claim -> waiting.queue(QUEUE).complete(claim).orThrow());
              } catch (Throwable e) {
                wokenNanos.completeExceptionally(e);
              }
            });
    waiter.start();
    Patience.until("the waiter waits", () -> waiter.getState() == Thread.State.TIMED_WAITING);
    enqueuing.queue(QUEUE).enqueue(NewWork.of("p"));
    long enqueuedNanos = System.nanoTime();
    long woken = Patience.get(wokenNanos);
    Patience.join(waiter);
    return woken - enqueuedNanos;
  }
}
