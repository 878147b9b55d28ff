package dev.belay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.Belay;
import dev.belay.queue.Enqueued.Added;
import dev.belay.session.SessionCommit;
import dev.belay.store.StoreCorruptException;
import dev.belay.testing.ManualClock;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ids of work, which applications send to other systems. */
class WorkIdsTest {
  private static final Duration MS = Duration.ofMillis(1);

  @TempDir Path dir;
  private final ManualClock clock = new ManualClock();

  @Test
  void an_id_is_no_smaller_than_the_clock_says() {
    try (Belay belay = open("a.db")) {
      WorkQueue queue = belay.queue("jobs");
      long floor = clock.instant().toEpochMilli() * 1024;

      assertThat(ids(queue, 3)).containsExactly(floor, floor + 1, floor + 2);
      assertThat(ids(queue, 1)).containsExactly(floor + 3);
      clock.advance(MS);
      assertThat(ids(queue, 1)).containsExactly(floor + 1024);
    }
  }

  @Test
  void an_id_does_not_come_back_from_a_restored_copy() {
    long before;
    try (Belay belay = open("a.db")) {
      belay.queue("jobs").enqueue(NewWork.of("x"));
      belay.backup(dir.resolve("copy.db"));
      before = belay.queue("jobs").enqueue(NewWork.of("pay Anna")).workId();
    }
    clock.advance(MS);

    try (Belay copy = open("copy.db")) {
      assertThat(copy.queue("jobs").enqueue(NewWork.of("pay Bert")).workId()).isGreaterThan(before);
    }
  }

  @Test
  void with_the_clock_set_back_ids_go_on_by_one() {
    try (Belay belay = open("a.db")) {
      WorkQueue queue = belay.queue("jobs");
      long last = ids(queue, 1).get(0);
      clock.set(clock.instant().minus(Duration.ofDays(1)));

      assertThat(ids(queue, 2)).containsExactly(last + 1, last + 2);
      queue.cancel(last + 2);
      assertThat(queue.purge(Instant.MAX, 3)).isOne();
      assertThat(ids(queue, 1)).containsExactly(last + 3);
    }
  }

  @Test
  void an_id_does_not_come_back_after_the_application_has_deleted_its_work() {
    try (Belay belay = open("a.db")) {
      WorkQueue queue = belay.queue("jobs");
      long last = ids(queue, 3).get(2);
      clock.set(clock.instant().minus(Duration.ofDays(1)));

      belay.useWrite(tx -> tx.handle().execute("DELETE FROM belay_work WHERE id = ?", last));
      assertThat(ids(queue, 1)).containsExactly(last + 1);
      belay.useWrite(tx -> tx.handle().execute("DELETE FROM belay_work"));

      assertThat(ids(queue, 1)).containsExactly(last + 2);
    }
  }

  @Test
  void before_1970_ids_begin_with_one() {
    clock.set(Instant.parse("1900-01-01T00:00:00Z"));
    try (Belay belay = open("a.db")) {
      assertThat(ids(belay.queue("jobs"), 2)).containsExactly(1L, 2L);
    }
  }

  @Test
  void ids_of_one_file_grow_in_the_order_of_commits_across_its_handles_and_queues() {
    try (Belay one = open("a.db");
        Belay two = open("a.db")) {
      long last = 0;
      for (int i = 0; i < 20; i++) {
        Belay belay = i % 3 == 0 ? one : two;
        long id = ids(belay.queue("q" + i % 2), 1).get(0);
        assertThat(id).isGreaterThan(last);
        last = id;
      }
    }
  }

  @Test
  void work_whose_key_is_taken_takes_no_id() {
    try (Belay belay = open("a.db")) {
      WorkQueue queue = belay.queue("jobs");
      NewWork keyed = NewWork.of("p").withKey("k");

      List<Enqueued> enqueued =
          queue.enqueueAll(List.of(keyed, keyed, NewWork.of("q").withKey("k"), NewWork.of("r")));

      assertThat(enqueued.get(3)).isEqualTo(new Added(enqueued.get(0).workId() + 1));
      queue.enqueue(keyed);
      assertThat(ids(queue, 1)).containsExactly(enqueued.get(0).workId() + 2);
    }
  }

  @Test
  void a_commit_gives_its_work_ids_in_its_order_over_its_queues() {
    try (Belay belay = open("a.db")) {
      List<Enqueued> enqueued =
          belay
              .sessions()
              .commit(
                  SessionCommit.to("s", 0)
                      .enqueue("b", NewWork.of("1"))
                      .enqueue("a", NewWork.of("2"))
                      .enqueue("b", NewWork.of("3")))
              .orThrow()
              .enqueued();

      long first = enqueued.get(0).workId();
      assertThat(enqueued)
          .containsExactly(new Added(first), new Added(first + 1), new Added(first + 2));
    }
  }

  @Test
  void a_counter_that_cannot_be_is_told() {
    try (Belay belay = open("a.db")) {
      WorkQueue queue = belay.queue("jobs");
      for (String bad : List.of("value = " + WorkIds.ID_MAX, "name = 'gone'")) {
        belay.useWrite(
            tx -> tx.handle().execute("UPDATE belay_counter SET " + bad + " WHERE name = 'work'"));

        assertThatExceptionOfType(StoreCorruptException.class)
            .as(bad)
            .isThrownBy(() -> queue.enqueue(NewWork.of("p")))
            .withMessageStartingWith(
                "the largest id of work must be from 0 and below " + WorkIds.ID_MAX);
        assertThat(queue.stats().ready()).isZero();
      }
    }
  }

  @Test
  void a_clock_beyond_all_ids_is_told() {
    clock.set(Instant.ofEpochMilli(WorkIds.ID_MAX / 1024 + 1));
    try (Belay belay = open("a.db")) {
      assertThatIllegalStateException()
          .isThrownBy(() -> belay.queue("jobs").enqueue(NewWork.of("p")))
          .withMessageStartingWith("the clock is past what an id of work can hold");
    }
  }

  private Belay open(String file) {
    return Belay.open(dir.resolve(file), TestOptions.defaults().withClock(clock));
  }

  private static List<Long> ids(WorkQueue queue, int count) {
    List<NewWork> works = Collections.nCopies(count, NewWork.of("p"));
    return queue.enqueueAll(works).stream().map(Enqueued::workId).toList();
  }
}
