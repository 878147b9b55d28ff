package dev.belay.spring.boot;

import dev.belay.queue.QueueOptions;
import dev.belay.queue.WorkHandler;
import dev.belay.queue.Worker;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A bean that declares a worker: a queue, and the handler of its work. Immutable, safe for use by
 * many threads.
 *
 * <p>The worker starts when all beans are there, and is stopped before any of them is destroyed.
 * {@code belay.queues.<queue>.*} replaces its settings.
 */
public final class BelayWorker {
  private final String queue;
  private final QueueOptions options;
  private final WorkHandler handler;
  private final UnaryOperator<Worker.Builder> settings;

  private BelayWorker(
      String queue,
      QueueOptions options,
      WorkHandler handler,
      UnaryOperator<Worker.Builder> settings) {
    this.queue = Objects.requireNonNull(queue, "queue");
    this.options = Objects.requireNonNull(options, "options");
    this.handler = Objects.requireNonNull(handler, "handler");
    this.settings = Objects.requireNonNull(settings, "settings");
  }

  /** Returns a worker with Belay's defaults for the queue and the worker. */
  public static BelayWorker of(String queue, WorkHandler handler) {
    return new BelayWorker(queue, QueueOptions.defaults(), handler, UnaryOperator.identity());
  }

  /** Sets the options of the queue. */
  public BelayWorker withQueueOptions(QueueOptions options) {
    return new BelayWorker(queue, options, handler, settings);
  }

  /** Sets the settings of the worker, in place of those set before. */
  public BelayWorker withSettings(UnaryOperator<Worker.Builder> settings) {
    return new BelayWorker(queue, options, handler, settings);
  }

  String queue() {
    return queue;
  }

  QueueOptions options() {
    return options;
  }

  WorkHandler handler() {
    return handler;
  }

  UnaryOperator<Worker.Builder> settings() {
    return settings;
  }
}
