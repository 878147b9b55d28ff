package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueStats;
import dev.belay.queue.Work;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What can be seen of a queue. */
@OnEachForm(inTurn = true)
class ListTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void every_state_is_listed_and_counted() {
    Map<WorkState, Long> ids = oneOfEachState();

    QueueStats stats = store.queue().stats();
    for (WorkState state : WorkState.values()) {
      assertThat(store.queue().list(state, 0, 10))
          .as("%s", state)
          .extracting(WorkLine::id)
          .containsExactly(ids.get(state));
      assertThat(stats.count(state)).as("%s", state).isEqualTo(1);
    }
    assertThat(stats).isEqualTo(new QueueStats(1, 1, 1, 1, 1, 1, 1));
  }

  @Test
  void an_empty_queue_counts_nothing() {
    oneOfEachState();

    assertThat(store.belay().queue("other").stats()).isEqualTo(new QueueStats(0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void a_state_is_listed_by_id_page_by_page() {
    for (WorkState state : WorkState.values()) {
      if (state == WorkState.WAITING) {
        continue; // its first is the head of the lane, and READY
      }
      WorkQueue queue = store.belay().queue("of " + state);
      long[] ids = new long[3];
      for (int i = 0; i < 3; i++) {
        ids[i] = inState(queue, state, i);
      }

      assertThat(queue.list(state, 0, 2)).extracting(WorkLine::id).containsExactly(ids[0], ids[1]);
      assertThat(queue.list(state, ids[1], 2)).extracting(WorkLine::id).containsExactly(ids[2]);
      assertThat(queue.list(state, ids[2], 2)).isEmpty();
    }
  }

  @Test
  void work_tells_all_that_is_known_of_it() {
    Instant start = store.clock.instant();
    long id =
        store.add(
            NewWork.of("p")
                .withType("t")
                .withKey("k")
                .withLane("l")
                .withPriority(7)
                .withAttemptsMax(3));
    store.clock.advance(MS);
    store.queue().fail(store.claim(), "error");
    store.clock.advance(QueueStore.RETRY);
    Instant claimedAt = store.clock.instant();
    Claim claim = store.claim();
    Work claimed = store.work(id);
    store.clock.advance(MS);
    store.queue().complete(claim, "result");

    assertThat(claimed.expiresAt()).isEqualTo(claimedAt.plus(TTL));
    assertThat(store.work(id))
        .isEqualTo(
            new Work(
                id,
                "jobs",
                WorkState.DONE,
                "t",
                "p",
                "k",
                "l",
                7,
                2,
                3,
                start,
                null,
                "result",
                "error",
                false,
                "w",
                claim.token(),
                claimedAt,
                null,
                store.clock.instant()));
  }

  @Test
  void a_line_tells_all_but_the_bodies_and_their_sizes() {
    long id =
        store.add(NewWork.of("p\u00e9").withType("t").withKey("k").withLane("l").withPriority(7));
    assertThat(store.queue().lane("l", 1)).singleElement().isEqualTo(line(id, 3, 0));
    store.queue().fail(store.claim(), "error");
    assertThat(store.queue().list(WorkState.WAITING, 0, 1)).containsExactly(line(id, 3, 0));
    store.clock.advance(QueueStore.RETRY);
    Claim claim = store.claim();
    assertThat(store.queue().list(WorkState.CLAIMED, 0, 1)).containsExactly(line(id, 3, 0));
    store.queue().complete(claim, "result");

    assertThat(store.queue().list(WorkState.DONE, 0, 1)).containsExactly(line(id, 3, 6));
  }

  /** What {@code find} shows, but for the bodies. */
  private WorkLine line(long id, long payloadBytes, long resultBytes) {
    Work work = store.work(id);
    return new WorkLine(
        id,
        work.queue(),
        work.state(),
        work.type(),
        work.key(),
        work.lane(),
        work.priority(),
        work.attempt(),
        work.attemptsMax(),
        work.enqueuedAt(),
        work.notBefore(),
        work.cancelRequested(),
        work.worker(),
        work.token(),
        work.claimedAt(),
        work.expiresAt(),
        work.finishedAt(),
        payloadBytes,
        resultBytes);
  }

  @Test
  void the_queues_that_have_work_are_named_page_by_page() {
    assertThat(store.belay().queues()).isEmpty();
    for (String name : List.of("b", "a", "\ud83d\ude00", "\ue000")) {
      WorkQueue queue = store.belay().queue(name);
      queue.enqueueAll(List.of(NewWork.of("p"), NewWork.of("q")));
    }

    assertThat(store.belay().queues()).containsExactly("a", "b", "\ue000", "\ud83d\ude00");
    assertThat(store.belay().queues(null, 3)).containsExactly("a", "b", "\ue000");
    assertThat(store.belay().queues("a", 1)).containsExactly("b");
    assertThat(store.belay().queues("\ud83d\ude00", 9)).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> store.belay().queues(null, 0));
  }

  @Test
  void the_text_of_work_has_its_state_and_error() {
    long id = store.add("p");
    store.queue().bury(store.claim(), "no such card");

    assertThat(store.work(id)).asString().contains("state=BURIED", "lastError=no such card");
  }

  @Test
  void payloads_and_results_are_in_no_text() {
    long id = store.add("secret payload");
    Claim claim = store.claim();
    store.queue().complete(claim, "secret result");

    assertThat(claim.toString() + store.work(id) + NewWork.of("secret")).doesNotContain("secret");
  }

  @Test
  void unknown_work_is_not_found() {
    long id = store.add("a");

    assertThat(store.queue().find(id + 1)).isEmpty();
    assertThat(store.belay().queue("other").find(id)).isEmpty();
    assertThat(store.queue().findByKey("k")).isEmpty();
  }

  @Test
  void bounds_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.queue().list(WorkState.READY, -1, 1))
        .withMessageContaining("afterId");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.queue().list(WorkState.READY, 0, 0))
        .withMessageContaining("limit");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.queue().lane("l", WorkQueue.LIMIT_MAX + 1))
        .withMessageContaining("limit");
  }

  private Map<WorkState, Long> oneOfEachState() {
    Map<WorkState, Long> ids = new EnumMap<>(WorkState.class);
    ids.put(WorkState.DONE, store.add("p"));
    store.queue().complete(store.claim());
    ids.put(WorkState.BURIED, store.add("p"));
    store.queue().bury(store.claim(), "no");
    ids.put(WorkState.CANCELLED, store.add("p"));
    long claimed = store.add("p");
    store.queue().cancel(ids.get(WorkState.CANCELLED));
    ids.put(WorkState.CLAIMED, claimed);
    assertThat(store.claim().workId()).isEqualTo(claimed);
    ids.put(WorkState.READY, store.addToLane("l", "p"));
    ids.put(WorkState.WAITING, store.addToLane("l", "p"));
    ids.put(
        WorkState.SCHEDULED, store.add(NewWork.of("p").notBefore(store.clock.instant().plus(MS))));
    return ids;
  }

  /** New work in this state; READY work is of rising priority, which a list does not go by. */
  private long inState(WorkQueue queue, WorkState state, int priority) {
    NewWork work = NewWork.of("p").withPriority(priority);
    if (state == WorkState.SCHEDULED) {
      work = work.notBefore(store.clock.instant().plus(MS));
    }
    long id = queue.enqueue(work).workId();
    switch (state) {
      case CLAIMED -> assertThat(queue.claim("w", TTL)).isPresent();
      case DONE -> queue.complete(queue.claim("w", TTL).orElseThrow());
      case BURIED -> queue.bury(queue.claim("w", TTL).orElseThrow(), "no");
      case CANCELLED -> queue.cancel(id);
      default -> {
        // it is there already
      }
    }
    return id;
  }
}
