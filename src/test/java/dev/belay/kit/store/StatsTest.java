package dev.belay.kit.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.StoreStats;
import dev.belay.StoreStats.Count;
import dev.belay.StoreStats.QueueCounts;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a store says of itself. */
@OnEachForm
class StatsTest {
  private static final Duration TTL = Duration.ofMinutes(1);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();

  @Test
  void an_empty_store_names_its_database_and_has_nothing() {
    StoreStats stats = store.belay().stats();

    assertThat(stats.engine().name()).isNotBlank();
    assertThat(stats.engine().version()).matches("\\d+\\.\\d+.*");
    assertThat(stats.engine().schemaVersion()).matches("\\d+");
    assertThat(stats.engine().location()).isNotBlank().doesNotContain("password", "user=");
    assertThat(stats.engine().bytes()).isPositive();
    assertThat(stats.engine().walBytes()).isNotNegative();
    assertThat(stats.sessions()).isEqualTo(new Count(0, false));
    assertThat(stats.leases()).isEqualTo(new Count(0, false));
    assertThat(stats.queues()).isEmpty();
    assertThat(stats.moreQueues()).isFalse();
    assertThat(stats.at()).isEqualTo(store.clock.instant());
  }

  @Test
  void sessions_that_exist_and_live_leases_are_counted() {
    Belay belay = store.belay();
    for (String id : List.of("a", "b", "gone", "cleared")) {
      belay.sessions().commit(SessionCommit.to(id).append(NewEvent.of("t", "p"))).orThrow();
    }
    assertThat(belay.sessions().delete("gone")).isTrue();
    assertThat(belay.sessions().clear("cleared")).isTrue();
    assertThat(belay.leases().acquire("lapsed", "h", Duration.ofSeconds(1)).granted()).isPresent();
    store.clock.advance(Duration.ofSeconds(2));
    assertThat(belay.leases().acquire("live", "h", TTL).granted()).isPresent();

    StoreStats stats = belay.stats();

    assertThat(stats.sessions().value()).isEqualTo(2);
    assertThat(stats.leases().value()).isEqualTo(1);
  }

  @Test
  void work_is_counted_by_queue_and_state_with_the_times_of_the_oldest() {
    WorkQueue jobs = store.belay().queue("jobs");
    Instant first = store.clock.instant();
    jobs.enqueueAll(List.of(NewWork.of("1"), NewWork.of("2"), NewWork.of("3").withPriority(5)));
    store.belay().queue("other").enqueue(NewWork.of("p").notBefore(first.plusSeconds(60)));
    Instant second = store.clock.advance(Duration.ofSeconds(3));
    jobs.enqueue(NewWork.of("4"));
    assertThat(jobs.claim("w", TTL)).isPresent(); // 3, of the highest priority
    store.clock.advance(Duration.ofSeconds(1));
    jobs.complete(jobs.claim("w", TTL).orElseThrow()).orThrow();
    assertThat(jobs.claim("w", TTL)).isPresent();

    List<QueueCounts> queues = store.belay().stats().queues();

    assertThat(queues).extracting(QueueCounts::queue).containsExactly("jobs", "other");
    QueueCounts counts = queues.get(0);
    for (WorkState state : WorkState.values()) {
      assertThat(counts.count(state))
          .as(state.name())
          .isEqualTo(new Count(jobs.stats().count(state), false));
    }
    assertThat(counts.oldestReadyAt()).isEqualTo(second);
    assertThat(counts.oldestClaimedAt()).isEqualTo(second);
    assertThat(queues.get(1).count(WorkState.SCHEDULED).value()).isEqualTo(1);
    assertThat(queues.get(1).oldestReadyAt()).isNull();
    assertThat(queues.get(1).oldestClaimedAt()).isNull();
  }
}
