package dev.belay.spring.boot;

import dev.belay.Belay;
import dev.belay.queue.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the declared workers when all beans are there, and stops them before any bean is
 * destroyed. Safe for use by many threads.
 */
final class WorkerLifecycle implements SmartLifecycle {
  /** Started after what handlers use, and stopped before it, as message listeners are. */
  static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 100;

  private final Belay belay;
  private final BelayProperties properties;
  private final Supplier<List<BelayWorker>> declared;
  private volatile List<Running> running = List.of();

  WorkerLifecycle(Belay belay, BelayProperties properties, Supplier<List<BelayWorker>> declared) {
    this.belay = belay;
    this.properties = properties;
    this.declared = declared;
  }

  /**
   * A worker that was started. Immutable, safe for use by many threads.
   *
   * @param queue the name of its queue
   */
  record Running(String queue, Worker worker) {}

  /** Returns the workers that were started and not stopped by {@link #stop}. */
  List<Running> workers() {
    return running;
  }

  @Override
  public boolean isAutoStartup() {
    return properties.workers().enabled();
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  @Override
  public boolean isRunning() {
    return !running.isEmpty();
  }

  @Override
  public synchronized void start() {
    if (running.isEmpty()) {
      List<Running> started = new ArrayList<>();
      try {
        for (BelayWorker worker : declared.get()) {
          started.add(new Running(worker.queue(), start(worker)));
        }
      } catch (Throwable e) {
        stop(started);
        throw e;
      }
      running = List.copyOf(started);
    }
  }

  private Worker start(BelayWorker declared) {
    Worker.Builder builder =
        declared
            .settings()
            .apply(belay.queue(declared.queue(), declared.options()).worker(declared.handler()));
    BelayProperties.Queue set = properties.queues().get(declared.queue());
    if (set != null) {
      Optional.ofNullable(set.threads()).ifPresent(builder::threads);
      Optional.ofNullable(set.batch()).ifPresent(builder::batch);
      Optional.ofNullable(set.ttl()).ifPresent(builder::ttl);
      Optional.ofNullable(set.grace()).ifPresent(builder::grace);
      Optional.ofNullable(set.timeLimit()).ifPresent(builder::timeLimit);
    }
    return builder.start();
  }

  /** Waits on a thread of its own, so that Spring's limit for a phase holds. */
  @Override
  public void stop(Runnable callback) {
    Thread stopping =
        new Thread(
            () -> {
              try {
                stop();
              } finally {
                callback.run();
              }
            },
            "belay-stop");
    stopping.setDaemon(true);
    stopping.start();
  }

  @Override
  public synchronized void stop() {
    stop(running);
    running = List.of();
  }

  /** Stops all workers at the same time: each may take its grace period. */
  private static void stop(List<Running> workers) {
    List<Thread> closing = new ArrayList<>();
    for (Running started : workers) {
      Thread thread = new Thread(started.worker()::close, "belay-stop-" + started.queue());
      thread.setDaemon(true);
      thread.start();
      closing.add(thread);
    }
    for (Thread thread : closing) {
      join(thread);
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
