package dev.belay.queue;

import static dev.belay.queue.WaitingStore.FOREVER;
import static dev.belay.queue.WaitingStore.TTL;
import static dev.belay.queue.WaitingStore.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.store.StoreClosedException;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Parent;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: the waiting verbs keep their word whatever ends the wait. */
class WaitingTest {
  private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
  private static final Duration SHORT = Duration.ofMillis(20);

  @RegisterExtension final WaitingStore store = WaitingStore.inFile();

  @Test
  void a_wait_of_zero_is_one_try() throws Exception {
    assertThat(store.waiting.claim("w", TTL, 1, Duration.ZERO)).isEmpty();
    assertThat(store.spy.tries).hasValue(1);
    assertThat(store.spy.looks).hasValue(0);
  }

  @Test
  void nothing_comes_of_a_wait_that_is_over() throws Exception {
    assertThat(store.waiting.claim("w", TTL, 1, SHORT)).isEmpty();
    assertThat(store.waits.waiting()).isZero();
  }

  @Test
  void a_negative_wait_is_refused() {
    assertThatThrownBy(() -> store.waiting.claim("w", TTL, 1, Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wait");
    assertThatThrownBy(() -> store.waiting.awaitFinished(1, Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wait");
  }

  @Test
  void the_longest_wait_there_is_waits() throws Exception {
    CompletableFuture<List<Claim>> claim =
        store.later(() -> store.waiting.claim("w", TTL, 1, LONGEST));
    store.awaitIdle(1);

    store.queue.enqueue(NewWork.of("a"));

    assertThat(get(claim)).hasSize(1);
  }

  @Test
  void waiting_inside_a_body_is_refused() {
    assertThatThrownBy(
            () -> store.queue.tx().write(tx -> store.queue.claim("w", TTL, 1, Duration.ZERO)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () -> store.queue.tx().read(tx -> store.queue.awaitFinished(1, Duration.ZERO)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void an_interrupt_ends_the_wait() throws Exception {
    CompletableFuture<List<Claim>> claim = store.claimLater();
    store.awaitIdle(1);

    store.lastThread().interrupt();

    assertThatThrownBy(() -> get(claim)).isInstanceOf(InterruptedException.class);
    assertThat(store.waits.waiting()).isZero();
  }

  @Test
  void who_is_interrupted_before_claims_nothing() throws Exception {
    store.queue.enqueue(NewWork.of("a"));
    CompletableFuture<List<Claim>> claim =
        store.later(
            () -> {
              Thread.currentThread().interrupt();
              return store.waiting.claim("w", TTL, 1, FOREVER);
            });

    assertThatThrownBy(() -> get(claim)).isInstanceOf(InterruptedException.class);
    assertThat(store.queue.stats().ready()).isEqualTo(1);
  }

  @Test
  void what_was_claimed_is_not_lost_to_an_interrupt() throws Exception {
    store.queue.enqueue(NewWork.of("a"));
    store.spy.inTry = () -> Thread.currentThread().interrupt();
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    CompletableFuture<List<Claim>> claim =
        store.later(
            () -> {
              List<Claim> claims = store.waiting.claim("w", TTL, 1, FOREVER);
              flag.complete(Thread.currentThread().isInterrupted());
              return claims;
            });

    assertThat(get(claim)).extracting(Claim::payload).containsExactly("a");
    assertThat(get(flag)).isTrue();
  }

  @Test
  void closing_the_store_wakes_everybody() throws Exception {
    CompletableFuture<List<Claim>> claim = store.claimLater();
    CompletableFuture<List<Claim>> other = store.claimLater();
    long id =
        store
            .queue
            .enqueue(NewWork.of("a").notBefore(store.clock.instant().plusSeconds(3_600)))
            .workId();
    CompletableFuture<Optional<Work>> finish =
        store.later(() -> store.waiting.awaitFinished(id, FOREVER));
    store.awaitIdle(3);

    store.spy.close();

    assertThatThrownBy(() -> get(claim)).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> get(other)).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> get(finish)).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void waiting_at_a_closed_store_fails_at_once() {
    store.spy.close();

    assertThatThrownBy(() -> store.waiting.claim("w", TTL, 1, FOREVER))
        .isInstanceOf(StoreClosedException.class);
  }

  @Test
  void a_commit_of_another_process_ends_the_wait() throws Exception {
    try (ChildJvm child = ChildCommand.of(EnqueueingChild.class, store.file()).start()) {
      child.expect("ready");
      CompletableFuture<List<Claim>> claim = store.claimLater();
      store.awaitIdle(1);

      child.send("from afar");

      assertThat(get(claim)).extracting(Claim::payload).containsExactly("from afar");
    }
  }

  @Test
  void the_end_of_work_is_awaited() throws Exception {
    long id = store.queue.enqueue(NewWork.of("a")).workId();
    Claim claim = store.queue.claim("a", TTL).orElseThrow();
    CompletableFuture<Optional<Work>> finish =
        store.later(() -> store.waiting.awaitFinished(id, FOREVER));
    store.awaitIdle(1);

    store.queue.complete(claim, "result");

    assertThat(get(finish).orElseThrow().result()).isEqualTo("result");
  }

  @Test
  void cancelled_and_buried_work_has_ended_too() throws Exception {
    long cancelled = store.queue.enqueue(NewWork.of("a")).workId();
    CompletableFuture<Optional<Work>> first =
        store.later(() -> store.waiting.awaitFinished(cancelled, FOREVER));
    store.awaitIdle(1);
    store.queue.cancel(cancelled);
    assertThat(get(first).orElseThrow().state()).isEqualTo(WorkState.CANCELLED);

    long buried = store.queue.enqueue(NewWork.of("b")).workId();
    store.queue.bury(store.queue.claim("a", TTL).orElseThrow(), "hopeless");
    assertThat(store.waiting.awaitFinished(buried, FOREVER).orElseThrow().state())
        .isEqualTo(WorkState.BURIED);
  }

  @Test
  void work_that_does_not_end_in_time_is_an_empty_answer() throws Exception {
    long id = store.queue.enqueue(NewWork.of("a")).workId();

    assertThat(store.waiting.awaitFinished(id, SHORT)).isEmpty();
    assertThat(store.waiting.awaitFinished(id, Duration.ZERO)).isEmpty();
  }

  @Test
  void work_that_is_not_there_is_not_waited_for() throws Exception {
    assertThat(store.waiting.awaitFinished(4711, FOREVER)).isEmpty();
  }

  /** Opens the file and enqueues what it hears. */
  static final class EnqueueingChild {
    private EnqueueingChild() {}

    public static void main(String[] args) {
      Parent parent = new Parent();
      try (Belay belay = Belay.open(Path.of(args[0]), TestOptions.defaults())) {
        parent.say("ready");
        while (true) {
          belay.queue("jobs").enqueue(NewWork.of(parent.hear()));
        }
      }
    }
  }
}
