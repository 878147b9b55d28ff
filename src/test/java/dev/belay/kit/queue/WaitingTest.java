package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.FOREVER;
import static dev.belay.kit.queue.QueueStore.TTL;
import static dev.belay.kit.queue.QueueStore.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.Engine;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Work;
import dev.belay.queue.WorkState;
import dev.belay.store.StoreClosedException;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Parent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: the waiting verbs keep their contract whatever ends the wait. */
@OnEachForm(inTurn = true)
class WaitingTest {
  private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
  private static final Duration SHORT = Duration.ofMillis(20);

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void nothing_comes_of_a_wait_that_is_over() throws Exception {
    assertThat(store.queue().claim("w", TTL, 1, SHORT)).isEmpty();
  }

  @Test
  void a_negative_wait_is_refused() {
    assertThatThrownBy(() -> store.queue().claim("w", TTL, 1, Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wait");
    assertThatThrownBy(() -> store.queue().awaitFinished(1, Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wait");
  }

  @Test
  void the_longest_wait_there_is_waits() throws Exception {
    CompletableFuture<List<Claim>> claim =
        store.later(() -> store.queue().claim("w", TTL, 1, LONGEST));
    store.awaitWaiting();

    store.queue().enqueue(NewWork.of("a"));

    assertThat(get(claim)).hasSize(1);
  }

  @Test
  void waiting_inside_a_body_is_refused() {
    assertThatThrownBy(
            () -> store.belay().write(tx -> store.queue().claim("w", TTL, 1, Duration.ZERO)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () -> store.belay().read(tx -> store.queue().awaitFinished(1, Duration.ZERO)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void an_interrupt_ends_the_wait() throws Exception {
    CompletableFuture<List<Claim>> claim = store.claimLater();
    store.awaitWaiting();

    store.lastThread().interrupt();

    assertThatThrownBy(() -> get(claim)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void a_thread_that_is_interrupted_before_it_claims_claims_nothing() throws Exception {
    store.queue().enqueue(NewWork.of("a"));
    CompletableFuture<List<Claim>> claim =
        store.later(
            () -> {
              Thread.currentThread().interrupt();
              return store.queue().claim("w", TTL, 1, FOREVER);
            });

    assertThatThrownBy(() -> get(claim)).isInstanceOf(InterruptedException.class);
    assertThat(store.queue().stats().ready()).isEqualTo(1);
  }

  @Test
  void closing_the_store_wakes_all_waiting_threads() throws Exception {
    CompletableFuture<List<Claim>> claim = store.claimLater();
    CompletableFuture<List<Claim>> other = store.claimLater();
    long id =
        store
            .queue()
            .enqueue(NewWork.of("a").notBefore(store.clock.instant().plusSeconds(3_600)))
            .workId();
    CompletableFuture<Optional<Work>> finish =
        store.later(() -> store.queue().awaitFinished(id, FOREVER));
    store.awaitWaiting();

    store.belay().close();

    assertThatThrownBy(() -> get(claim)).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> get(other)).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> get(finish)).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void waiting_at_a_closed_store_fails_at_once() {
    store.belay().close();

    assertThatThrownBy(() -> store.queue().claim("w", TTL, 1, FOREVER))
        .isInstanceOf(StoreClosedException.class);
  }

  @Test
  @NeedsSharing
  void a_commit_of_another_process_ends_the_wait() throws Exception {
    try (ChildJvm child = store.child(EnqueueingChild.class).start()) {
      child.expect("ready");
      CompletableFuture<List<Claim>> claim = store.claimLater();
      store.awaitWaiting();

      child.send("from afar");

      assertThat(get(claim)).extracting(Claim::payload).containsExactly("from afar");
    }
  }

  @Test
  void the_end_of_work_is_awaited() throws Exception {
    long id = store.queue().enqueue(NewWork.of("a")).workId();
    Claim claim = store.queue().claim("a", TTL).orElseThrow();
    CompletableFuture<Optional<Work>> finish =
        store.later(() -> store.queue().awaitFinished(id, FOREVER));
    store.awaitWaiting();

    store.queue().complete(claim, "result");

    assertThat(get(finish).orElseThrow().result()).isEqualTo("result");
  }

  @Test
  void cancelled_and_buried_work_has_ended_too() throws Exception {
    long cancelled = store.queue().enqueue(NewWork.of("a")).workId();
    CompletableFuture<Optional<Work>> first =
        store.later(() -> store.queue().awaitFinished(cancelled, FOREVER));
    store.awaitWaiting();
    store.queue().cancel(cancelled);
    assertThat(get(first).orElseThrow().state()).isEqualTo(WorkState.CANCELLED);

    long buried = store.queue().enqueue(NewWork.of("b")).workId();
    store.queue().bury(store.queue().claim("a", TTL).orElseThrow(), "hopeless");
    assertThat(store.queue().awaitFinished(buried, FOREVER).orElseThrow().state())
        .isEqualTo(WorkState.BURIED);
  }

  @Test
  void work_that_does_not_end_in_time_is_an_empty_answer() throws Exception {
    long id = store.queue().enqueue(NewWork.of("a")).workId();

    assertThat(store.queue().awaitFinished(id, SHORT)).isEmpty();
    assertThat(store.queue().awaitFinished(id, Duration.ZERO)).isEmpty();
  }

  @Test
  void work_that_is_not_there_is_not_waited_for() throws Exception {
    assertThat(store.queue().awaitFinished(4711, FOREVER)).isEmpty();
  }

  /** Opens the store and enqueues what it hears. */
  static final class EnqueueingChild {
    private EnqueueingChild() {}

    public static void main(String[] args) {
      Parent parent = new Parent();
      try (Belay belay = Engine.open(args)) {
        parent.say("ready");
        while (true) {
          belay.queue("jobs").enqueue(NewWork.of(parent.hear()));
        }
      }
    }
  }
}
