package dev.belay.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.testing.ManualClock;
import dev.belay.testing.NotingObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a real store moves.
 *
 * <p>Goal: the meters of a store that did something known say just that. Method: verbs on each
 * engine, which report before they return.
 */
class StoreMetersTest {
  private static final Duration TTL = Duration.ofMinutes(1);

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final NotingObserver host = new NotingObserver();

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  @ParameterizedTest
  @EnumSource
  void a_store_is_metered_from_its_opening_on(TestStores engine) {
    BelayOptions options =
        BelayOptions.defaults().withClock(clock).withObserver(new MeterObserver(registry, host));
    try (Belay belay = engine.open(folder, options)) {
      commit(belay);
      lease(belay);
      settle(belay);
    }

    assertThat(count("belay.session.commits", "outcome", "committed")).isEqualTo(2);
    assertThat(count("belay.session.commits", "outcome", "revision_conflict")).isEqualTo(1);
    assertThat(count("belay.session.events")).isEqualTo(3);
    assertThat(count("belay.lease.acquisitions", "outcome", "granted")).isEqualTo(1);
    assertThat(count("belay.lease.acquisitions", "outcome", "held")).isEqualTo(1);
    assertThat(count("belay.lease.acquisitions", "outcome", "took_over")).isEqualTo(1);
    assertThat(count("belay.lease.renewals", "outcome", "lost")).isEqualTo(1);
    assertThat(count("belay.queue.handled", "queue", "q", "outcome", "done")).isEqualTo(1);
    assertThat(count("belay.queue.handled", "queue", "q", "outcome", "buried")).isEqualTo(1);
    assertThat(count("belay.queue.handled", "queue", "q", "outcome", "lost")).isEqualTo(1);
    assertThat(registry.get("belay.tx").timers().stream().mapToLong(timer -> timer.count()).sum())
        .isEqualTo(host.transactions.size())
        .isPositive();
    assertThat(host.events).hasSizeGreaterThan(10);
  }

  private static void commit(Belay belay) {
    belay
        .sessions()
        .commit(SessionCommit.to("s").append(NewEvent.of("a", "1"), NewEvent.of("a", "2")))
        .orThrow();
    belay.sessions().commit(SessionCommit.to("s").append(NewEvent.of("a", "3"))).orThrow();
    assertThat(
            belay
                .sessions()
                .commit(SessionCommit.to("s", 0).append(NewEvent.of("a", "4")))
                .committed())
        .isEmpty();
  }

  private void lease(Belay belay) {
    Lease first = belay.leases().acquire("l", "a", TTL).granted().orElseThrow();
    assertThat(belay.leases().acquire("l", "b", TTL).granted()).isEmpty();
    clock.advance(TTL);
    assertThat(belay.leases().acquire("l", "b", TTL).granted()).isPresent();
    assertThat(belay.leases().renew(first, TTL).renewed()).isEmpty();
  }

  private static void settle(Belay belay) {
    WorkQueue queue = belay.queue("q");
    for (int i = 0; i < 2; i++) {
      queue.enqueue(NewWork.of("1"));
    }
    Claim done = queue.claim("w", TTL).orElseThrow();
    assertThat(queue.complete(done)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.complete(done)).isEqualTo(Settlement.CLAIM_LOST);
    Claim bad = queue.claim("w", TTL).orElseThrow();
    assertThat(queue.bury(bad, "no")).isEqualTo(Settlement.SETTLED);
  }
}
