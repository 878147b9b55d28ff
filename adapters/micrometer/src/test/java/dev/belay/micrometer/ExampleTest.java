package dev.belay.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.Worker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of the README. */
class ExampleTest {
  @TempDir Path folder;

  @Test
  void a_store_has_meters() {
    MeterRegistry registry = new SimpleMeterRegistry();
    Path file = folder.resolve("agents.db");
    // snippet: meters
    MeterObserver observer = new MeterObserver(registry); // new MeterObserver(registry, yours)
    try (Belay belay = Belay.open(file, BelayOptions.defaults().withObserver(observer));
        StoreGauges gauges = new StoreGauges(belay)) {
      gauges.bindTo(registry);
      // … the application
      // end: meters
      belay.queue("replies").enqueue(NewWork.of("hi"));
      assertThat(registry.get("belay.store.size").gauge().value()).isPositive();
      assertThat(registry.get("belay.queue.oldest.ready").tags("queue", "replies").timeGauge())
          .isNotNull();
    }
  }

  @Test
  void a_trace_goes_on_in_the_handler() throws Exception {
    MeterRegistry registry = new SimpleMeterRegistry();
    ObservationRegistry observationRegistry = ObservationRegistry.create();
    observationRegistry
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(registry));
    try (Belay belay = Belay.open(folder.resolve("agents.db"))) {
      // snippet: traces
      WorkObservations observations = WorkObservations.of(observationRegistry);
      WorkQueue replies = belay.queue("replies");
      Worker worker =
          replies
              .worker(observations.handling((claim, context) -> answer(claim.payload())))
              .start();

      long id = observations.send("replies", NewWork.of("hi"), replies::enqueue).workId();
      // end: traces
      assertThat(replies.awaitFinished(id, Duration.ofMinutes(3))).isPresent();
      worker.close();
      assertThat(registry.get(WorkObservations.PROCESS).timer().count()).isEqualTo(1);
    }
  }

  private static void answer(String question) {
    assertThat(question).isEqualTo("hi");
  }
}
