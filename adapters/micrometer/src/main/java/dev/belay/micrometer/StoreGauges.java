package dev.belay.micrometer;

import dev.belay.Belay;
import dev.belay.queue.WorkState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The gauges of one store: its sizes, the work of its queues in each state, and the age of the
 * oldest. Safe for use by many threads.
 *
 * <p>They are read by {@link Belay#stats()} on the thread that pulls them, once for all of them and
 * at most once in {@link MeterOptions#withInterval}. A queue has its gauges from the first sample
 * in which it has work, and keeps them. If the store cannot be read, its gauges are not a number
 * until the next sample, and the registry logs the failure.
 *
 * <p>Close it before the store is opened again, because a registry would keep the gauges of the
 * closed store under the same names.
 */
public final class StoreGauges implements MeterBinder, AutoCloseable {
  private final Belay belay;
  private final MeterOptions options;
  private final List<Binding> bindings = new CopyOnWriteArrayList<>();

  /** The gauges of {@code belay} with the default options. */
  public StoreGauges(Belay belay) {
    this(belay, MeterOptions.defaults());
  }

  /** The gauges of {@code belay}. */
  public StoreGauges(Belay belay, MeterOptions options) {
    this.belay = Objects.requireNonNull(belay, "belay");
    this.options = Objects.requireNonNull(options, "options");
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bindings.add(new Binding(registry));
  }

  /** Removes the gauges from their registries. The store is not closed. */
  @Override
  public void close() {
    bindings.forEach(Binding::remove);
    bindings.clear();
  }

  /** The gauges in one registry. Safe for use by many threads. */
  private final class Binding {
    private final MeterRegistry registry;
    private final Sampler sampler;
    private final Set<String> queues = ConcurrentHashMap.newKeySet();
    private final List<Meter> meters = new CopyOnWriteArrayList<>();

    Binding(MeterRegistry registry) {
      this.registry = registry;
      this.sampler =
          new Sampler(
              belay,
              registry.config().clock(),
              options.interval(),
              options.queueTag(),
              this::addQueues);
      addBytes("belay.store.size", "size of the store", Sample::storeBytes);
      addBytes("belay.wal.size", "size of the write-ahead log", Sample::walBytes);
    }

    private void addBytes(String name, String description, ToDoubleFunction<Sample> number) {
      meters.add(
          Gauge.builder(name, sampler, from -> number.applyAsDouble(from.current()))
              .description(description)
              .baseUnit(BaseUnits.BYTES)
              .tags(options.tags())
              .strongReference(true)
              .register(registry));
    }

    private void addQueues(Sample sample) {
      for (String queue : sample.queueValues()) {
        if (queues.add(queue)) {
          addQueue(queue);
        }
      }
    }

    private void addQueue(String queue) {
      Tags tags = options.tags().and("queue", queue);
      for (WorkState state : WorkState.values()) {
        meters.add(
            Gauge.builder("belay.queue.work", sampler, number(queue, from -> from.count(state)))
                .description("work, counted up to 10,000")
                .tags(tags.and("state", state.name().toLowerCase(Locale.ROOT)))
                .strongReference(true)
                .register(registry));
      }
      addAge(
          "belay.queue.oldest.ready",
          "time since the oldest claimable work was enqueued",
          tags,
          number(queue, Sample.Queue::oldestReadySeconds));
      addAge(
          "belay.queue.oldest.claimed",
          "time since the oldest live claim began",
          tags,
          number(queue, Sample.Queue::oldestClaimedSeconds));
    }

    private void addAge(
        String name, String description, Tags tags, ToDoubleFunction<Sampler> seconds) {
      meters.add(
          TimeGauge.builder(name, sampler, TimeUnit.SECONDS, seconds)
              .description(description)
              .tags(tags)
              .strongReference(true)
              .register(registry));
    }

    private ToDoubleFunction<Sampler> number(String queue, ToDoubleFunction<Sample.Queue> number) {
      return from -> {
        Sample.Queue sampled = from.current().queue(queue);
        return sampled == null ? Double.NaN : number.applyAsDouble(sampled);
      };
    }

    void remove() {
      meters.forEach(registry::remove);
    }
  }
}
