package dev.belay.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.store.BelayObserver;
import dev.belay.store.BelayObserver.AttemptFailure;
import dev.belay.store.BelayObserver.CheckpointEvent;
import dev.belay.store.BelayObserver.ClaimEvent;
import dev.belay.store.BelayObserver.CommitEvent;
import dev.belay.store.BelayObserver.LeaseEvent;
import dev.belay.store.BelayObserver.SettlementEvent;
import dev.belay.store.BelayObserver.TxEvent;
import dev.belay.store.StoreBusyException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Which event moves which meter.
 *
 * <p>Goal: every outcome that a store reports is counted once, under a tag that is no id, and
 * reaches the host. Method: events as a store tells them.
 */
class MeterObserverTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<String> passedOn = new ArrayList<>();
  private final MeterObserver observer = new MeterObserver(registry, host());

  private BelayObserver host() {
    return (BelayObserver)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {BelayObserver.class},
            (proxy, method, arguments) -> {
              passedOn.add(method.getName());
              return null;
            });
  }

  private static TxEvent tx(
      TxEvent.Kind kind, TxEvent.Outcome outcome, int lockMs, @Nullable Throwable failure) {
    return new TxEvent(
        kind,
        outcome,
        Duration.ofMillis(lockMs + 1L),
        Duration.ofMillis(lockMs),
        Duration.ofMillis(lockMs + 5L),
        3,
        1,
        failure);
  }

  private static SettlementEvent settled(String queue, SettlementEvent.Outcome outcome) {
    return new SettlementEvent(queue, 1, "w", 1, 1, outcome);
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  @Test
  void every_event_reaches_the_host() throws ReflectiveOperationException {
    for (Method event : BelayObserver.class.getDeclaredMethods()) {
      if (!event.isSynthetic()) {
        assertThat(
                MeterObserver.class.getDeclaredMethod(event.getName(), event.getParameterTypes()))
            .isNotNull();
      }
    }
    observer.transaction(tx(TxEvent.Kind.READ, TxEvent.Outcome.COMPLETED, 0, null));
    observer.sessionCommit(new CommitEvent("s", CommitEvent.Outcome.COMMITTED, 1, 1));
    observer.lease(new LeaseEvent("l", "h", 1, LeaseEvent.Outcome.RELEASED));
    observer.claim(new ClaimEvent("q", 1, "w", 1, 1, ClaimEvent.Outcome.GRANTED));
    observer.settlement(settled("q", SettlementEvent.Outcome.COMPLETED));
    observer.checkpoint(new CheckpointEvent(1, 0, Duration.ZERO, null));
    observer.attemptFailed(failed(AttemptFailure.Outcome.BURIED));
    observer.completionLost("q", 7, "w", 1);

    assertThat(passedOn)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(BelayObserver.class.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .map(Method::getName)
                .toList());
  }

  private static AttemptFailure failed(AttemptFailure.Outcome outcome) {
    return new AttemptFailure("q", 1, "w", 1, 1, new IllegalStateException(), outcome);
  }

  @Test
  void a_transaction_is_timed_by_kind_and_outcome() {
    observer.transaction(tx(TxEvent.Kind.WRITE, TxEvent.Outcome.COMPLETED, 0, null));
    observer.transaction(tx(TxEvent.Kind.WRITE, TxEvent.Outcome.COMPLETED, 40, null));
    observer.transaction(
        tx(TxEvent.Kind.WRITE, TxEvent.Outcome.FAILED, 0, new StoreBusyException("", null)));
    observer.transaction(
        tx(TxEvent.Kind.WRITE, TxEvent.Outcome.FAILED, 0, new IllegalStateException()));
    observer.transaction(tx(TxEvent.Kind.READ, TxEvent.Outcome.COMPLETED, 0, null));

    for (String outcome : List.of("completed", "busy", "failed")) {
      assertThat(registry.get("belay.tx").tags("kind", "write", "outcome", outcome).timer().count())
          .as(outcome)
          .isEqualTo(outcome.equals("completed") ? 2 : 1);
    }
    assertThat(
            registry
                .get("belay.tx")
                .tags("kind", "write", "outcome", "completed")
                .timer()
                .totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(50);
    assertThat(registry.get("belay.tx.wait").tags("kind", "write").timer().count()).isEqualTo(4);
    assertThat(registry.get("belay.tx.wait").tags("kind", "read").timer().count()).isEqualTo(1);
    assertThat(registry.get("belay.lock.wait").tags("kind", "write").timer().count()).isEqualTo(1);
    assertThat(registry.get("belay.tx.group.size").tags("kind", "write").summary().mean())
        .isEqualTo(3);
    assertThat(registry.find("belay.tx.group.size").tags("kind", "read").summary()).isNull();
  }

  @Test
  void every_outcome_of_a_commit_has_its_counter_from_the_beginning() {
    for (CommitEvent.Outcome outcome : CommitEvent.Outcome.values()) {
      String tag = outcome.name().toLowerCase(Locale.ROOT);
      assertThat(count("belay.session.commits", "outcome", tag)).isZero();
      boolean isNew = outcome == CommitEvent.Outcome.COMMITTED;
      observer.sessionCommit(new CommitEvent("s-1", outcome, 1, isNew ? 4 : 0));
      assertThat(count("belay.session.commits", "outcome", tag)).isEqualTo(1);
    }
    assertThat(count("belay.session.events")).isEqualTo(4);
  }

  @Test
  void a_takeover_of_a_lease_is_not_a_plain_grant() {
    observer.lease(new LeaseEvent("l", "h", 1, LeaseEvent.Outcome.GRANTED));
    observer.lease(
        new LeaseEvent(
            "l",
            "h",
            2,
            LeaseEvent.Outcome.GRANTED,
            new LeaseEvent.Displaced("old", 1, Instant.EPOCH)));
    observer.lease(new LeaseEvent("l", "i", 0, LeaseEvent.Outcome.HELD));
    observer.lease(new LeaseEvent("l", "h", 2, LeaseEvent.Outcome.RENEWED));
    observer.lease(new LeaseEvent("l", "h", 1, LeaseEvent.Outcome.LOST));
    observer.lease(new LeaseEvent("l", "h", 2, LeaseEvent.Outcome.RELEASED));

    for (String outcome : List.of("granted", "took_over", "held")) {
      assertThat(count("belay.lease.acquisitions", "outcome", outcome)).isEqualTo(1);
    }
    for (String outcome : List.of("renewed", "lost")) {
      assertThat(count("belay.lease.renewals", "outcome", outcome)).isEqualTo(1);
    }
  }

  @Test
  void a_queue_has_all_its_counters_from_its_first_claim() {
    observer.claim(new ClaimEvent("q", 1, "w", 1, 1, ClaimEvent.Outcome.GRANTED));

    Set<String> outcomes = new TreeSet<>();
    for (Counter counter : registry.get("belay.queue.handled").tags("queue", "q").counters()) {
      assertThat(counter.count()).isZero();
      outcomes.add(counter.getId().getTag("outcome"));
    }
    assertThat(outcomes)
        .containsExactly(
            "buried", "cancelled", "deferred", "done", "failed", "lost", "released", "unsettled");
  }

  @Test
  void each_end_of_an_attempt_is_counted_once() {
    for (SettlementEvent.Outcome outcome : SettlementEvent.Outcome.values()) {
      observer.settlement(settled("q", outcome));
    }
    for (AttemptFailure.Outcome outcome : AttemptFailure.Outcome.values()) {
      observer.attemptFailed(failed(outcome));
    }
    observer.completionLost("q", 1, "w", 1);

    assertThat(registry.get("belay.queue.handled").counters())
        .hasSize(8)
        .allMatch(counter -> counter.count() == 1);
  }

  @Test
  void a_failed_checkpoint_is_not_a_completed_one() {
    observer.checkpoint(new CheckpointEvent(9, 0, Duration.ofMillis(5), null));
    observer.checkpoint(
        new CheckpointEvent(0, 9, Duration.ofMillis(7), new IllegalStateException()));

    assertThat(registry.get("belay.checkpoint").tags("outcome", "completed").timer().count())
        .isEqualTo(1);
    assertThat(
            registry
                .get("belay.checkpoint")
                .tags("outcome", "failed")
                .timer()
                .totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(7);
  }

  @Test
  void queues_beyond_the_bound_share_one_name() {
    MeterObserver bounded =
        new MeterObserver(
            registry,
            host(),
            MeterOptions.defaults().withQueuesMax(3).withTags(Tags.of("store", "agents")));
    for (int i = 0; i < 1_000; i++) {
      bounded.settlement(settled("tenant-" + i, SettlementEvent.Outcome.COMPLETED));
    }

    assertThat(registry.get("belay.queue.handled").tags("store", "agents").counters())
        .hasSize(4 * 8);
    assertThat(count("belay.queue.handled", "store", "agents", "queue", "other", "outcome", "done"))
        .isEqualTo(997);
  }

  @Test
  void no_tag_is_an_id() {
    for (int i = 0; i < 100; i++) {
      observer.sessionCommit(new CommitEvent("id-" + i, CommitEvent.Outcome.COMMITTED, 1, 1));
      observer.lease(new LeaseEvent("id-" + i, "id-h" + i, i, LeaseEvent.Outcome.GRANTED));
      observer.claim(new ClaimEvent("q", i, "id-w" + i, i, 1, ClaimEvent.Outcome.GRANTED));
      observer.settlement(
          new SettlementEvent("q", i, "id-w" + i, i, 1, SettlementEvent.Outcome.COMPLETED));
    }

    Set<String> values = new TreeSet<>();
    for (Meter meter : registry.getMeters()) {
      meter.getId().getTags().stream().map(Tag::getValue).forEach(values::add);
    }
    assertThat(values).isNotEmpty().noneMatch(value -> value.startsWith("id-"));
  }
}
