package dev.belay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Belay;
import dev.belay.engine.StoreEngine;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.testing.LogProbe;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: the retention of finished work is stored for the queue. */
@NeedsSharing
@OnEachForm
class RetentionTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final QueueOptions OPTIONS = QueueOptions.defaults();

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();

  @Test
  void what_is_set_is_stored_by_a_purge_and_holds_for_others() {
    try (Belay one = open();
        Belay two = open()) {
      one.queue("q", OPTIONS.withRetention(DAY).withBuriedRetention(DAY.multipliedBy(2)));
      assertThat(stored(two)).as("asking for a queue stores nothing").isEqualTo(Retention.NONE);

      one.queue("q").purge(Instant.MIN, 1);

      assertThat(stored(two)).isEqualTo(new Retention(DAY.toMillis(), 2 * DAY.toMillis()));
    }
  }

  @Test
  void the_last_who_says_so_wins_and_who_says_nothing_changes_nothing() {
    try (Belay one = open();
        Belay two = open()) {
      one.queue("q", OPTIONS.withRetention(DAY)).purge(Instant.MIN, 1);
      two.queue("q", OPTIONS.withBuriedRetention(DAY)).purge(Instant.MIN, 1);
      assertThat(stored(one)).isEqualTo(new Retention(DAY.toMillis(), DAY.toMillis()));
    }
    try (Belay three = open()) {
      three.queue("q", OPTIONS).purge(Instant.MIN, 1);
      assertThat(stored(three)).isEqualTo(new Retention(DAY.toMillis(), DAY.toMillis()));
      three.queue("q", OPTIONS.withRetention(Duration.ofHours(1))).purge(Instant.MIN, 1);
      assertThat(stored(three)).isEqualTo(new Retention(3_600_000L, DAY.toMillis()));
    }
  }

  @Test
  void a_change_is_logged_with_old_and_new_and_the_same_again_is_not() {
    try (LogProbe log = LogProbe.recording()) {
      for (Duration kept : List.of(DAY, DAY, DAY.multipliedBy(2))) {
        try (Belay belay = open()) {
          belay.queue("q", OPTIONS.withRetention(kept)).purge(Instant.MIN, 1);
        }
      }

      assertThat(log.infos()).hasSize(2);
      assertThat(log.infos().get(1)).contains("queue q", "PT24H", "PT48H");
    }
  }

  @Test
  void what_is_set_is_stored_when_a_worker_starts() {
    try (Belay belay = open()) {
      Worker worker =
          belay.queue("q", OPTIONS.withRetention(DAY)).worker((claim, context) -> {}).start();

      assertThat(stored(belay)).isEqualTo(new Retention(DAY.toMillis(), null));
      worker.close();
    }
  }

  @Test
  void dead_letters_are_purged_by_their_own_retention() {
    try (Belay belay = open()) {
      WorkQueue queue = belay.queue("q", OPTIONS.withRetention(DAY));
      long done = queue.enqueue(NewWork.of("p")).workId();
      queue.complete(queue.claim("w", DAY).orElseThrow()).orThrow();
      long buried = queue.enqueue(NewWork.of("p")).workId();
      queue.bury(queue.claim("w", DAY).orElseThrow(), "no").orThrow();
      StoreEngine engine = (StoreEngine) belay.tx();
      Purge purge = new Purge(engine, "q");
      RetentionSettings stored = new RetentionSettings();
      stored.agree("q", OPTIONS.withRetention(DAY));

      store.clock.advance(DAY.plusMillis(1));
      assertThat(purge(purge, stored)).isOne();
      assertThat(queue.find(done)).isEmpty();
      assertThat(queue.find(buried)).isPresent();
      store.clock.advance(Duration.ofDays(90));
      assertThat(purge(purge, stored)).isOne();
      assertThat(queue.find(buried)).isEmpty();
    }
  }

  private int purge(Purge purge, RetentionSettings retentions) {
    return purge
        .batch(tx -> retentions.keep(tx, "q").bounds(store.clock.millis()), PurgePlace.START, 9)
        .deleted();
  }

  @Test
  void two_that_differ_in_one_store_are_refused() {
    try (Belay belay = open()) {
      WorkQueue first = belay.queue("q", OPTIONS.withRetention(DAY));

      assertThatIllegalArgumentException()
          .isThrownBy(() -> belay.queue("q", OPTIONS.withRetention(DAY.plusMillis(1))))
          .withMessageContaining("q")
          .withMessageContaining("PT24H");
      assertThat(belay.queue("q", OPTIONS.withRetention(DAY)).name()).isEqualTo("q");
      assertThat(belay.queue("q").name()).isEqualTo("q");
      WorkQueue buried = belay.queue("q", OPTIONS.withBuriedRetention(DAY));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> belay.queue("q", OPTIONS.withBuriedRetention(DAY.plusMillis(1))));
      assertThat(belay.queue("r", OPTIONS.withRetention(DAY.plusMillis(1)))).isNotNull();
      assertThat(first.name()).isEqualTo(buried.name());
    }
  }

  @Test
  void a_purge_by_hand_takes_every_finished_state() {
    try (Belay belay = open()) {
      WorkQueue queue = belay.queue("q", OPTIONS.withBuriedRetention(DAY));
      long id = queue.enqueue(NewWork.of("p")).workId();
      queue.bury(queue.claim("w", DAY).orElseThrow(), "no").orThrow();
      store.clock.advance(Duration.ofMillis(1));

      assertThat(queue.purge(store.clock.instant(), 1)).isOne();
      assertThat(queue.find(id)).isEmpty();
    }
  }

  @Test
  void the_defaults_are_a_week_and_a_quarter() {
    assertThat(OPTIONS.retention()).isEqualTo(Duration.ofDays(7));
    assertThat(OPTIONS.buriedRetention()).isEqualTo(Duration.ofDays(90));
    assertThat(Retention.NONE.bounds(0))
        .isEqualTo(
            new PurgeBounds(-Duration.ofDays(7).toMillis(), -Duration.ofDays(90).toMillis()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OPTIONS.withBuriedRetention(Duration.ZERO));
  }

  private Belay open() {
    return store.another();
  }

  private static Retention stored(Belay belay) {
    return belay.read(tx -> tx.attach(RetentionDao.class).find("q").orElse(Retention.NONE));
  }
}
