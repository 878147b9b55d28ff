package dev.belay.lease;

import dev.belay.lease.LeaseHistory.Step;
import dev.belay.lease.LeaseHistory.Verb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Leases against {@link LeaseModel}.
 *
 * <p>Goal: no order of verbs, stale ones, rollbacks, restarts and jumps of the clock included,
 * gives another answer than the model. Method: random histories over two names, as {@link
 * LeaseHistory} runs them.
 */
class LeasesPropertyTest {
  private static Path dir = Path.of("");

  @BeforeContainer
  static void makeFolder() throws IOException {
    dir = Files.createTempDirectory("leases");
  }

  @AfterContainer
  static void deleteFolder() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(dir);
  }

  @Property(tries = 150)
  void every_history_answers_as_the_model(@ForAll("steps") List<Step> steps) {
    // one file for all histories: an open of an up-to-date file costs little
    try (LeaseHistory history = new LeaseHistory(dir.resolve("belay.db"))) {
      steps.forEach(history::compare);
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            verbs(),
            Arbitraries.of("a", "b"),
            Arbitraries.of("x", "y"),
            Arbitraries.integers().between(0, 40),
            Arbitraries.integers().between(1, 30).map(Duration::ofMillis))
        .as(Step::new)
        .list()
        .ofMaxSize(40);
  }

  /** A restart now and then: it costs more than all the rest. */
  private static Arbitrary<Verb> verbs() {
    return Arbitraries.frequencyOf(
        Tuple.of(1, Arbitraries.just(Verb.RESTART)),
        Tuple.of(30, Arbitraries.of(EnumSet.complementOf(EnumSet.of(Verb.RESTART)))));
  }
}
