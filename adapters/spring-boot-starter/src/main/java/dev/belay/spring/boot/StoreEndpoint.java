package dev.belay.spring.boot;

import dev.belay.Belay;
import dev.belay.StoreStats;
import dev.belay.queue.QueueStats;
import java.util.List;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * The actuator endpoint {@code belay}: what the store holds, without payloads. It changes nothing.
 * Safe for use by many threads.
 */
@Endpoint(id = "belay")
final class StoreEndpoint {
  private final Belay belay;
  private final WorkerLifecycle workers;

  StoreEndpoint(Belay belay, WorkerLifecycle workers) {
    this.belay = belay;
    this.workers = workers;
  }

  /** The store and the workers of this process. */
  record Overview(StoreStats store, List<WorkerLine> workers) {}

  /** A worker of this process. */
  record WorkerLine(String queue, String name, boolean running) {}

  /** Returns sizes and bounded counts. */
  @ReadOperation
  Overview overview() {
    return new Overview(
        belay.stats(),
        workers.workers().stream()
            .map(
                started ->
                    new WorkerLine(
                        started.queue(), started.worker().name(), started.worker().isRunning()))
            .toList());
  }

  /** Returns the exact counts of a queue. */
  @ReadOperation
  QueueStats queue(@Selector String queue) {
    return belay.queue(queue).stats();
  }
}
