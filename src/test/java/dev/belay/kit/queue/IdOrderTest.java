package dev.belay.kit.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.Promise;
import dev.belay.kit.Promised;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkState;
import dev.belay.testing.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the order of ids says about the order of commits. */
@OnEachForm(inTurn = true)
class IdOrderTest {
  private static final int WRITERS = 4;
  private static final int EACH = 50;

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void an_id_is_larger_than_those_that_were_committed_before() {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add(store.add("work " + i));
    }

    assertThat(ids).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void ids_of_one_commit_grow_in_its_order() {
    List<Long> ids =
        store
            .queue()
            .enqueueAll(List.of(NewWork.of("a"), NewWork.of("b"), NewWork.of("c")))
            .stream()
            .map(enqueued -> enqueued.workId())
            .toList();

    assertThat(ids).isSorted().doesNotHaveDuplicates();
  }

  @Test
  @NeedsSharing
  @Promised(Promise.IDS_IN_ORDER_OF_COMMIT)
  void a_reader_that_follows_the_ids_misses_no_work() throws Exception {
    Belay other = store.another();
    List<CompletableFuture<Boolean>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      Belay handle = i % 2 == 0 ? store.belay() : other;
      writers.add(
          store.later(
              () -> {
                for (int n = 0; n < EACH; n++) {
                  handle.queue(QueueStore.NAME).enqueue(NewWork.of("work"));
                }
                return true;
              }));
    }

    List<Long> followed = new ArrayList<>();
    long after = 0;
    for (boolean ended = false; !ended; ) {
      ended = writers.stream().allMatch(CompletableFuture::isDone); // and then one more look
      List<Long> page = page(after);
      followed.addAll(page);
      after = page.isEmpty() ? after : page.get(page.size() - 1);
    }
    for (CompletableFuture<Boolean> writer : writers) {
      assertThat(Patience.get(writer)).isTrue();
    }

    assertThat(followed).hasSize(WRITERS * EACH).isEqualTo(page(0));
  }

  private List<Long> page(long after) {
    return store.queue().list(WorkState.READY, after, WRITERS * EACH).stream()
        .map(WorkLine::id)
        .collect(Collectors.toList());
  }
}
