package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.benchmarks.peer.Callers;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/** A thread that calls Belay's waiting claim. Immutable. */
final class BelayClaimWake implements WakePeer {
  private static final Duration TTL = Duration.ofSeconds(60);
  private static final Duration WAIT = Duration.ofMillis(500);

  @Override
  public String name() {
    return "belay, claim";
  }

  @Override
  public Sleeper start(Path file, LongConsumer started) {
    Belay belay = Belay.open(file);
    WorkQueue queue = belay.queue("benchmark");
    AtomicBoolean stopped = new AtomicBoolean();
    Callers claimer =
        Callers.start(
            1,
            number -> {
              while (!stopped.get()) {
                for (Claim claim : queue.claim("claimer", TTL, 1, WAIT)) {
                  started.accept(System.nanoTime());
                  queue.complete(claim);
                }
              }
            });
    return new Sleeper() {
      @Override
      public void enqueue(int item) {
        queue.enqueue(NewWork.of("{}"));
      }

      @Override
      public void stop() throws Exception {
        try (belay;
            claimer) {
          stopped.set(true);
          claimer.join();
        }
      }
    };
  }
}
