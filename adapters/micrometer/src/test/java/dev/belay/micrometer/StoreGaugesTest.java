package dev.belay.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.queue.Cancellation;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkState;
import dev.belay.testing.ManualClock;
import dev.belay.testing.NotingObserver;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the gauges of a store show, and what they cost.
 *
 * <p>Goal: all gauges show one sample, which is not older than the interval when it is pulled.
 * Method: stores with a clock that the test moves, and a registry with another.
 */
class StoreGaugesTest {
  private static final Duration INTERVAL = MeterOptions.INTERVAL_DEFAULT;

  @TempDir Path folder;
  private final ManualClock time = new ManualClock();
  private final MockClock pulls = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, pulls);

  private Belay open(TestStores engine) {
    return engine.open(folder, BelayOptions.defaults().withClock(time));
  }

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }

  private double work(String queue, WorkState state) {
    return gauge(
        "belay.queue.work", "queue", queue, "state", state.name().toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @EnumSource
  void the_sizes_and_the_work_of_a_store_are_shown(TestStores engine) {
    try (Belay belay = open(engine)) {
      new StoreGauges(belay).bindTo(registry);
      belay.queue("q").enqueue(NewWork.of("1"));
      time.advance(Duration.ofSeconds(90));
      belay.queue("q").enqueue(NewWork.of("2"));
      belay.queue("q").enqueue(NewWork.of("3").notBefore(time.instant().plusSeconds(60)));
      belay.queue("c").enqueue(NewWork.of("4"));
      assertThat(belay.queue("c").claim("w", Duration.ofMinutes(9))).isPresent();
      time.advance(Duration.ofMillis(1_500));

      assertThat(gauge("belay.store.size")).isPositive();
      assertThat(gauge("belay.wal.size")).isEqualTo((double) belay.stats().engine().walBytes());
      assertThat(work("q", WorkState.READY)).isEqualTo(2);
      assertThat(work("q", WorkState.SCHEDULED)).isEqualTo(1);
      assertThat(work("c", WorkState.CLAIMED)).isEqualTo(1);
      assertThat(work("c", WorkState.BURIED)).isZero();
      assertThat(gauge("belay.queue.oldest.ready", "queue", "q")).isEqualTo(91.5);
      assertThat(gauge("belay.queue.oldest.ready", "queue", "c")).isZero();
      assertThat(gauge("belay.queue.oldest.claimed", "queue", "c")).isEqualTo(1.5);
    }
  }

  @ParameterizedTest
  @EnumSource
  void all_gauges_show_one_sample_until_the_interval_is_over(TestStores engine) {
    try (Belay belay = open(engine)) {
      new StoreGauges(belay).bindTo(registry);
      belay.queue("q").enqueue(NewWork.of("1"));
      assertThat(gauge("belay.store.size")).isPositive();

      belay.queue("q").enqueue(NewWork.of("2"));
      belay.queue("r").enqueue(NewWork.of("3"));
      pulls.add(INTERVAL.minusNanos(1));
      assertThat(work("q", WorkState.READY)).isEqualTo(1);
      assertThat(registry.find("belay.queue.work").tags("queue", "r").gauge()).isNull();

      pulls.add(Duration.ofNanos(1));
      assertThat(work("q", WorkState.READY)).isEqualTo(2);
      assertThat(work("r", WorkState.READY)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_pull_of_all_gauges_reads_the_store_once(TestStores engine) {
    NotingObserver reads = new NotingObserver();
    BelayOptions options = BelayOptions.defaults().withClock(time).withObserver(reads);
    try (Belay belay = engine.open(folder, options)) {
      belay.queue("q").enqueue(NewWork.of("1"));
      reads.told();
      assertThat(belay.stats().queues()).hasSize(1);
      int ofOneSample = reads.told().size();

      new StoreGauges(belay).bindTo(registry);
      for (int i = 0; i < 3; i++) {
        registry.getMeters().forEach(meter -> meter.measure().forEach(Measurement::getValue));
      }
      assertThat(reads.told()).hasSize(ofOneSample).isNotEmpty();
      pulls.add(INTERVAL);
      registry.getMeters().forEach(meter -> meter.measure().forEach(Measurement::getValue));
      assertThat(reads.told()).hasSize(ofOneSample);
    }
  }

  @Test
  void a_queue_that_has_no_work_any_more_is_shown_as_empty() {
    try (Belay belay = open(TestStores.SQLITE)) {
      new StoreGauges(belay).bindTo(registry);
      long id = belay.queue("q").enqueue(NewWork.of("1")).workId();
      assertThat(gauge("belay.store.size")).isPositive();
      assertThat(belay.queue("q").cancel(id)).isEqualTo(Cancellation.CANCELLED);
      assertThat(belay.queue("q").delete(id)).isTrue();
      pulls.add(INTERVAL);

      assertThat(work("q", WorkState.READY)).isZero();
      assertThat(gauge("belay.queue.oldest.ready", "queue", "q")).isZero();
    }
  }

  @Test
  void queues_beyond_the_bound_are_added_up() {
    try (Belay belay = open(TestStores.SQLITE)) {
      new StoreGauges(belay, MeterOptions.defaults().withQueuesMax(3)).bindTo(registry);
      for (int i = 0; i < 20; i++) {
        belay.queue("tenant-" + i).enqueue(NewWork.of("1"));
        time.advance(Duration.ofSeconds(1));
      }
      assertThat(gauge("belay.store.size")).isPositive();

      assertThat(registry.get("belay.queue.oldest.ready").gauges()).hasSize(4);
      assertThat(work(BoundedTag.OTHER, WorkState.READY)).isEqualTo(17);
      // In the order of names, tenant-0, tenant-1 and tenant-10 were first.
      assertThat(gauge("belay.queue.oldest.ready", "queue", "other")).isEqualTo(18);
    }
  }

  @Test
  void a_store_that_cannot_be_read_is_not_a_number_and_is_not_asked_by_each_gauge() {
    Belay belay = open(TestStores.SQLITE);
    StoreGauges gauges = new StoreGauges(belay);
    gauges.bindTo(registry);
    belay.queue("q").enqueue(NewWork.of("1"));
    assertThat(gauge("belay.store.size")).isPositive();
    belay.close();
    pulls.add(INTERVAL);

    assertThat(gauge("belay.store.size")).isNaN();
    assertThat(work("q", WorkState.READY)).isNaN();

    gauges.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void a_store_that_is_opened_again_has_gauges_again() {
    StoreGauges before;
    try (Belay belay = open(TestStores.SQLITE)) {
      before = new StoreGauges(belay);
      before.bindTo(registry);
      assertThat(gauge("belay.store.size")).isPositive();
    }
    before.close();

    try (Belay belay = open(TestStores.SQLITE);
        StoreGauges gauges = new StoreGauges(belay)) {
      gauges.bindTo(registry);
      assertThat(gauge("belay.store.size")).isPositive();
    }
    assertThat(registry.getMeters()).extracting(Meter::getId).isEmpty();
  }
}
