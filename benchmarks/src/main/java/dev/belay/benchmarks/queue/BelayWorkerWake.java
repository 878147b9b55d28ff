package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.Worker;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** Belay's own worker, with its defaults. Immutable. */
final class BelayWorkerWake implements WakePeer {
  @Override
  public String name() {
    return "belay, worker";
  }

  @Override
  public Sleeper start(Path file, LongConsumer started) {
    Belay belay = Belay.open(file);
    WorkQueue queue = belay.queue("benchmark");
    Worker worker =
        queue.worker((claim, context) -> started.accept(System.nanoTime())).threads(1).start();
    return new Sleeper() {
      @Override
      public void enqueue(int item) {
        queue.enqueue(NewWork.of("{}"));
      }

      @Override
      public void stop() {
        try (belay) {
          worker.close();
        }
      }
    };
  }
}
