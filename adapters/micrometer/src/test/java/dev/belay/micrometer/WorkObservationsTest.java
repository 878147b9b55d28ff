package dev.belay.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkHandler;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.session.CommitOutcome;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.store.StoreClosedException;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A trace goes on from an enqueue to the handler of the work.
 *
 * <p>Goal: one trace over a queue, with bounded tags, and no trace that makes an enqueue fail.
 * Method: real stores and workers, OpenTelemetry behind Micrometer's tracer, spans in memory.
 */
class WorkObservationsTest {
  @TempDir Path folder;

  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(spans)).build();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ObservationRegistry registry = traced();
  private final WorkObservations observations = WorkObservations.of(registry);

  private ObservationRegistry traced() {
    io.opentelemetry.api.trace.Tracer otel = provider.get("test");
    Tracer tracer = new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {});
    OtelPropagator propagator =
        new OtelPropagator(
            ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel);
    ObservationRegistry traced = ObservationRegistry.create();
    traced
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(meters))
        .observationHandler(
            new ObservationHandler.FirstMatchingCompositeObservationHandler(
                new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
                new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                new DefaultTracingObservationHandler(tracer)));
    return traced;
  }

  private SpanData span(String name) {
    List<SpanData> named =
        spans.getFinishedSpanItems().stream().filter(s -> s.getName().equals(name)).toList();
    assertThat(named).as(name).hasSize(1);
    return named.get(0);
  }

  private static String attribute(SpanData span, String key) {
    return span.getAttributes().get(AttributeKey.stringKey(key));
  }

  private static void work(WorkQueue queue, WorkHandler handler, long id) throws Exception {
    try (Worker worker = queue.worker(handler).start()) {
      assertThat(worker.isRunning()).isTrue();
      assertThat(queue.awaitFinished(id, Duration.ofMinutes(3))).isPresent();
    }
  }

  @ParameterizedTest
  @EnumSource
  void one_trace_goes_from_the_caller_through_the_queue_to_the_handler(TestStores engine)
      throws Exception {
    try (Belay belay = engine.open(folder, BelayOptions.defaults())) {
      WorkQueue queue = belay.queue("replies");
      NewWork work = NewWork.of("hi").withType("reply");
      Enqueued sent =
          Observation.createNotStarted("request", registry)
              .observe(() -> observations.send("replies", work, queue::enqueue));
      work(
          queue,
          observations.handling(
              (claim, context) ->
                  Observation.createNotStarted("model", registry).observe(() -> {})),
          sent.workId());

      SpanData request = span("request");
      SpanData send = span("send replies");
      SpanData process = span("process replies");
      assertThat(send.getKind()).isEqualTo(SpanKind.PRODUCER);
      assertThat(send.getParentSpanId()).isEqualTo(request.getSpanId());
      assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
      assertThat(process.getParentSpanId()).isEqualTo(send.getSpanId());
      assertThat(span("model").getParentSpanId()).isEqualTo(process.getSpanId());
      assertThat(spans.getFinishedSpanItems())
          .extracting(SpanData::getTraceId)
          .containsOnly(request.getTraceId());
      for (SpanData span : List.of(send, process)) {
        assertThat(attribute(span, "messaging.system")).isEqualTo("belay");
        assertThat(attribute(span, "messaging.destination.name")).isEqualTo("replies");
        assertThat(attribute(span, "messaging.message.id")).isEqualTo(Long.toString(sent.workId()));
      }
      assertThat(meters.get(WorkObservations.PROCESS).timer().getId().getTags())
          .extracting(tag -> tag.getKey() + "=" + tag.getValue())
          .containsExactlyInAnyOrder("queue=replies", "type=reply", "error=none");
    }
  }

  @ParameterizedTest
  @EnumSource
  void work_that_a_commit_enqueues_has_the_trace_and_keeps_the_headers_of_the_application(
      TestStores engine) {
    try (Belay belay = engine.open(folder, BelayOptions.defaults())) {
      CommitOutcome outcome =
          observations.send(
              "replies",
              NewWork.of("hi"),
              Map.of("tenant", "t-9"),
              work ->
                  belay
                      .sessions()
                      .commit(
                          SessionCommit.to("chat-17")
                              .append(NewEvent.of("user", "hi"))
                              .enqueue("replies", work)));

      assertThat(outcome.committed()).isPresent();
      Claim claim = belay.queue("replies").claim("w", Duration.ofMinutes(1)).orElseThrow();
      assertThat(claim.headers())
          .containsEntry("tenant", "t-9")
          .hasEntrySatisfying(
              "traceparent",
              parent -> assertThat(parent).contains(span("send replies").getSpanId()));
    }
  }

  @Test
  void the_same_work_in_another_trace_is_a_duplicate() {
    try (Belay belay = Belay.openInMemory()) {
      NewWork work = NewWork.of("hi").withKey("k");
      Enqueued first = observations.send("q", work, belay.queue("q")::enqueue);
      Enqueued again = observations.send("q", work, belay.queue("q")::enqueue);

      assertThat(again).isEqualTo(new Enqueued.Duplicate(first.workId(), WorkState.READY));
    }
  }

  @Test
  void an_attempt_that_throws_is_an_error_and_the_next_one_is_in_the_same_trace() throws Exception {
    try (Belay belay = Belay.openInMemory()) {
      WorkQueue queue = belay.queue("q");
      Enqueued sent = observations.send("q", NewWork.of("hi").withAttemptsMax(2), queue::enqueue);
      work(
          queue,
          observations.handling(
              (claim, context) -> {
                if (claim.attempt() == 1) {
                  throw new IllegalStateException("the first attempt");
                }
              }),
          sent.workId());

      List<SpanData> attempts =
          spans.getFinishedSpanItems().stream()
              .filter(span -> span.getKind() == SpanKind.CONSUMER)
              .toList();
      assertThat(attempts)
          .extracting(span -> span.getStatus().getStatusCode())
          .containsExactly(StatusCode.ERROR, StatusCode.UNSET);
      assertThat(attempts)
          .extracting(SpanData::getParentSpanId)
          .containsOnly(span("send q").getSpanId());
    }
  }

  @Test
  void an_enqueue_that_throws_is_an_error_and_the_caller_gets_the_exception() {
    Belay belay = Belay.openInMemory();
    WorkQueue queue = belay.queue("q");
    belay.close();

    assertThatThrownBy(() -> observations.send("q", NewWork.of("hi"), queue::enqueue))
        .isInstanceOf(StoreClosedException.class);
    assertThat(span("send q").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  @Test
  void a_trace_that_does_not_fit_into_the_headers_is_left_out_and_named() {
    try (Belay belay = Belay.openInMemory()) {
      Map<String, String> own = Map.of("own", "x".repeat(NewWork.HEADERS_BYTES_MAX - 3));
      observations.send("q", NewWork.of("hi"), own, belay.queue("q")::enqueue);

      assertThat(belay.queue("q").claim("w", Duration.ofMinutes(1)).orElseThrow().headers())
          .isEqualTo(own);
      assertThat(attribute(span("send q"), "belay.headers.left_out")).isEqualTo("traceparent");
    }
  }

  @Test
  void tags_of_observations_are_bounded() {
    WorkObservations bounded =
        WorkObservations.of(registry, MeterOptions.defaults().withQueuesMax(2));
    for (int i = 0; i < 50; i++) {
      bounded.send("q" + i, NewWork.of("hi").withType("t" + i), work -> work);
    }

    assertThat(meters.get(WorkObservations.SEND).timers()).hasSize(3);
    assertThat(meters.get(WorkObservations.SEND).tags("queue", "other").timer().count())
        .isEqualTo(48);
  }

  @Test
  void a_registry_that_observes_nothing_changes_nothing() throws Exception {
    WorkObservations silent = WorkObservations.of(ObservationRegistry.NOOP);
    try (Belay belay = Belay.openInMemory()) {
      WorkQueue queue = belay.queue("q");
      Enqueued sent = silent.send("q", NewWork.of("hi"), Map.of("a", "b"), queue::enqueue);
      work(
          queue,
          silent.handling((claim, context) -> context.result(claim.headers().toString())),
          sent.workId());

      assertThat(queue.find(sent.workId()).orElseThrow().result()).isEqualTo("{a=b}");
    }
  }

  @Test
  void every_observation_is_started_and_stopped_once() throws Exception {
    TestObservationRegistry tested = TestObservationRegistry.create();
    WorkObservations watched = WorkObservations.of(tested);
    try (Belay belay = Belay.openInMemory()) {
      WorkQueue queue = belay.queue("q");
      Enqueued sent = watched.send("q", NewWork.of("hi"), queue::enqueue);
      work(queue, watched.handling((claim, context) -> {}), sent.workId());
    }

    for (String name : List.of(WorkObservations.SEND, WorkObservations.PROCESS)) {
      TestObservationRegistryAssert.assertThat(tested)
          .hasObservationWithNameEqualTo(name)
          .that()
          .hasBeenStarted()
          .hasBeenStopped()
          .hasLowCardinalityKeyValue("queue", "q")
          .hasLowCardinalityKeyValue("type", "none");
    }
  }
}
