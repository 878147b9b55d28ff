package dev.belay.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.queue.NewWork;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The meters in a registry that is strict about names and tags.
 *
 * <p>Goal: a scrape has every meter, and none is refused because another of its name has other
 * tags. Method: Prometheus' own text, with queues that appear while it is scraped.
 */
class PrometheusTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<String> refused = new ArrayList<>();

  @Test
  void a_scrape_has_the_meters_of_a_store() throws Exception {
    registry.config().onMeterRegistrationFailed((id, why) -> refused.add(id + ": " + why));
    ObservationRegistry observed = ObservationRegistry.create();
    observed.observationConfig().observationHandler(new DefaultMeterObservationHandler(registry));
    WorkObservations observations = WorkObservations.of(observed);
    MeterObserver observer = new MeterObserver(registry);
    MeterOptions always = MeterOptions.defaults().withInterval(Duration.ZERO);
    try (Belay belay = Belay.openInMemory(BelayOptions.defaults().withObserver(observer));
        StoreGauges gauges = new StoreGauges(belay, always)) {
      gauges.bindTo(registry);
      for (String queue : List.of("a", "b")) {
        long id = observations.send(queue, NewWork.of("1"), belay.queue(queue)::enqueue).workId();
        try (var worker =
            belay.queue(queue).worker(observations.handling((claim, context) -> {})).start()) {
          assertThat(belay.queue(queue).awaitFinished(id, Duration.ofMinutes(3))).isPresent();
          assertThat(worker.isRunning()).isTrue();
        }
        assertThat(registry.scrape()).contains("belay_store_size_bytes ");
        assertThat(registry.scrape())
            .contains(
                "belay_queue_work{queue=\"" + queue + "\",state=\"done\"} 1.0",
                "belay_queue_oldest_ready_seconds{queue=\"" + queue + "\"} 0.0",
                "belay_queue_handled_total{outcome=\"buried\",queue=\"" + queue + "\"} 0.0",
                "belay_queue_process_seconds_count{error=\"none\",queue=\"" + queue + "\"",
                "belay_session_commits_total{outcome=\"committed\"} 0.0",
                "belay_tx_seconds_count{kind=\"verb\",outcome=\"completed\"}");
      }
    }
    assertThat(refused).isEmpty();
  }
}
