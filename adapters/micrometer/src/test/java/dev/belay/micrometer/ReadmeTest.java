package dev.belay.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.queue.NewWork;
import dev.belay.store.BelayObserver.CheckpointEvent;
import dev.belay.store.BelayObserver.ClaimEvent;
import dev.belay.store.BelayObserver.TxEvent;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The README is true.
 *
 * <p>Goal: its meters exist, and each alert has one. Method: the names are compared with those of a
 * registry.
 */
class ReadmeTest {
  private static final Path TESTS = Path.of("src/test/java/dev/belay/micrometer");
  private static final Pattern METER = Pattern.compile("`(belay\\.[a-z.]+)`");

  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  private static String section(String title) throws IOException {
    String from = readme().substring(readme().indexOf("\n## " + title + "\n") + 1);
    int end = from.indexOf("\n## ");
    return end < 0 ? from : from.substring(0, end);
  }

  private static Set<String> meters(String text) {
    return METER
        .matcher(text)
        .results()
        .map(at -> at.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void its_promises_have_tests() throws IOException {
    List<String> named =
        Pattern.compile("`(\\w+Test)`").matcher(readme()).results().map(at -> at.group(1)).toList();
    assertThat(named).hasSize(4).allMatch(test -> Files.exists(TESTS.resolve(test + ".java")));
  }

  @Test
  void its_table_has_the_meters_that_exist_and_no_others() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    ObservationRegistry observed = ObservationRegistry.create();
    observed.observationConfig().observationHandler(new DefaultMeterObservationHandler(registry));
    MeterObserver observer = new MeterObserver(registry);
    try (Belay belay = Belay.openInMemory(BelayOptions.defaults().withObserver(observer));
        StoreGauges gauges = new StoreGauges(belay)) {
      gauges.bindTo(registry);
      WorkObservations observations = WorkObservations.of(observed);
      long id = observations.send("q", NewWork.of("1"), belay.queue("q")::enqueue).workId();
      try (var worker = belay.queue("q").worker(observations.handling((c, x) -> {})).start()) {
        assertThat(belay.queue("q").awaitFinished(id, Duration.ofMinutes(3))).isPresent();
        assertThat(worker.isRunning()).isTrue();
      }
      assertThat(registry.get("belay.store.size").gauge().value()).isNotNaN();
      // What a store in memory does not have.
      observer.claim(new ClaimEvent("q", 1, "w", 1, 1, ClaimEvent.Outcome.GRANTED));
      observer.checkpoint(new CheckpointEvent(1, 0, Duration.ZERO, null));
      observer.transaction(
          new TxEvent(
              TxEvent.Kind.WRITE,
              TxEvent.Outcome.COMPLETED,
              Duration.ofMillis(2),
              Duration.ofMillis(1),
              Duration.ofMillis(3),
              1,
              1,
              null));

      Set<String> exist =
          registry.getMeters().stream()
              .map(Meter::getId)
              .map(Meter.Id::getName)
              .filter(name -> !name.endsWith(".active")) // Micrometer's own, of observations
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(meters(section("Meters"))).isEqualTo(exist);
    }
  }

  @Test
  void each_alert_has_a_meter_of_the_table() throws IOException {
    Set<String> table = meters(section("Meters"));
    List<String> alerts =
        section("Alerts").lines().filter(line -> line.startsWith("| ")).skip(1).toList();
    assertThat(alerts).hasSize(10);
    for (String alert : alerts) {
      assertThat(table).as(alert).containsAll(meters(alert));
      assertThat(meters(alert)).as(alert).isNotEmpty();
    }
  }

  @Test
  void what_the_guide_says_to_watch_has_its_alert() throws IOException {
    String guide = Files.readString(Path.of("../../docs/operate.md"));
    List<String> watched =
        guide
            .substring(guide.indexOf("| watch |"))
            .lines()
            .skip(2)
            .takeWhile(line -> line.startsWith("| "))
            .map(line -> line.substring(2, line.indexOf(" | ")))
            .toList();
    assertThat(watched)
        .containsExactly("`oldestReadyAt`", "`oldestClaimedAt`", "BURIED", "`walBytes`");
    assertThat(meters(section("Alerts")))
        .contains(
            "belay.queue.oldest.ready",
            "belay.queue.oldest.claimed",
            "belay.queue.work",
            "belay.wal.size");
  }
}
