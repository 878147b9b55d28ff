package dev.belay.micrometer;

import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkHandler;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Observes enqueues and handlers, so that a trace goes on from the one to the other, in the headers
 * of the work. Safe for use by many threads.
 *
 * <p>The observations are {@value #SEND} and {@value #PROCESS}. Their low-cardinality keys, which
 * become tags of meters, are {@code queue} and {@code type}, both bounded. Names, ids and the
 * worker are high-cardinality keys, which are only on spans.
 */
public final class WorkObservations {
  /** The name of the observation of an enqueue. */
  public static final String SEND = "belay.queue.send";

  /** The name of the observation of a handler. */
  public static final String PROCESS = "belay.queue.process";

  private final ObservationRegistry registry;
  private final BoundedTag queueTag;
  private final BoundedTag typeTag;

  private WorkObservations(ObservationRegistry registry, MeterOptions options) {
    this.registry = Objects.requireNonNull(registry, "registry");
    this.queueTag = options.queueTag();
    this.typeTag = options.typeTag();
  }

  /** Observes with the default options. */
  public static WorkObservations of(ObservationRegistry registry) {
    return of(registry, MeterOptions.defaults());
  }

  /** Observes with the bounds of {@code options}; its tags are those of meters only. */
  public static WorkObservations of(ObservationRegistry registry, MeterOptions options) {
    return new WorkObservations(registry, options);
  }

  /**
   * Observes {@code enqueue}, which gets {@code work} with the headers of the trace. They replace
   * headers that it has; see the form with headers.
   *
   * @return what {@code enqueue} returns
   */
  public <T> T send(String queue, NewWork work, Function<NewWork, T> enqueue) {
    return send(queue, work, Map.of(), enqueue);
  }

  /**
   * Observes {@code enqueue}, which gets {@code work} with {@code headers} and those of the trace
   * that fit in beside them. What does not fit is named on the span, and left out.
   *
   * @return what {@code enqueue} returns
   */
  public <T> T send(
      String queue, NewWork work, Map<String, String> headers, Function<NewWork, T> enqueue) {
    TraceHeaders carrier = new TraceHeaders(headers);
    Observation observation =
        named(
            Observation.createNotStarted(SEND, () -> sender(carrier), registry),
            "send",
            queue,
            work.type());
    return observation.observe(
        () -> {
          if (!carrier.leftOut().isEmpty()) {
            observation.highCardinalityKeyValue(
                "belay.headers.left_out", String.join(",", carrier.leftOut()));
          }
          T result = enqueue.apply(work.withHeaders(carrier.headers()));
          if (result instanceof Enqueued enqueued) {
            observation.highCardinalityKeyValue(
                "messaging.message.id", Long.toString(enqueued.workId()));
          }
          return result;
        });
  }

  /**
   * Returns a handler that observes each run of {@code handler}, in the trace of the work's headers
   * if there is one. A run that throws is an error; one that defers or releases is not.
   */
  public WorkHandler handling(WorkHandler handler) {
    Objects.requireNonNull(handler, "handler");
    return (claim, context) ->
        named(
                Observation.createNotStarted(PROCESS, () -> receiver(claim), registry),
                "process",
                claim.queue(),
                claim.type())
            .highCardinalityKeyValue("messaging.message.id", Long.toString(claim.workId()))
            .highCardinalityKeyValue("messaging.client.id", claim.worker())
            .highCardinalityKeyValue("belay.attempt", Integer.toString(claim.attempt()))
            .observeChecked(() -> handler.handle(claim, context));
  }

  private static SenderContext<TraceHeaders> sender(TraceHeaders carrier) {
    SenderContext<TraceHeaders> context =
        new SenderContext<>(
            (to, name, value) -> {
              if (to != null) {
                to.add(name, value);
              }
            },
            Kind.PRODUCER);
    context.setCarrier(carrier);
    return context;
  }

  private static ReceiverContext<Map<String, String>> receiver(Claim claim) {
    ReceiverContext<Map<String, String>> context =
        new ReceiverContext<>((from, name) -> from.get(name), Kind.CONSUMER);
    context.setCarrier(claim.headers());
    return context;
  }

  private Observation named(Observation observation, String operation, String queue, String type) {
    return observation
        .contextualName(operation + " " + queue)
        .lowCardinalityKeyValue("queue", queueTag.value(queue))
        .lowCardinalityKeyValue("type", typeTag.value(type))
        .highCardinalityKeyValue("messaging.system", "belay")
        .highCardinalityKeyValue("messaging.destination.name", queue)
        .highCardinalityKeyValue("messaging.operation.name", operation)
        .highCardinalityKeyValue("messaging.operation.type", operation);
  }
}
