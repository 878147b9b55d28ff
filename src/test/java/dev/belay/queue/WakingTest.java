package dev.belay.queue;

import static dev.belay.queue.WaitingStore.FOREVER;
import static dev.belay.queue.WaitingStore.TTL;
import static dev.belay.queue.WaitingStore.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.engine.TokenSpace;
import dev.belay.kit.OnEachForm;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a waiting thread is always woken when a commit makes work claimable or work falls due,
 * never earlier, and at a bounded cost.
 *
 * <p>Method: all threads wait for a year, so only a wake ends a test. A spy between the waiters and
 * the store counts their looks and tries, and runs actions between them. The store is in memory,
 * where a commit is notified once: a file notifies a second time, which would hide a missed
 * notification.
 */
@OnEachForm
class WakingTest {
  @RegisterExtension final WaitingStore store = WaitingStore.onEachForm();

  @Test
  void a_waiter_gets_what_is_enqueued_while_it_waits() throws Exception {
    CompletableFuture<List<Claim>> claim = store.claimLater();
    store.awaitIdle(1);

    store.queue.enqueue(NewWork.of("a"));

    assertThat(get(claim)).extracting(Claim::payload).containsExactly("a");
  }

  @Test
  void work_that_is_there_is_claimed_without_a_look() throws Exception {
    store.queue.enqueue(NewWork.of("a"));

    assertThat(store.waiting.claim("w", TTL, 1, FOREVER)).hasSize(1);
    assertThat(store.spy.looks).hasValue(0);
  }

  @Test
  void a_waiter_gets_what_a_call_commits_statement_by_statement() throws Exception {
    CompletableFuture<List<Claim>> claim = store.claimLater();
    store.awaitIdle(1);

    long scheduled =
        store.queue.enqueue(NewWork.of("a").notBefore(store.clock.instant().plus(TTL))).workId();
    store.awaitIdle(1);
    store.queue.tx().call(tx -> tx.attach(DueDao.class).makeReady(scheduled));

    assertThat(get(claim)).extracting(Claim::payload).containsExactly("a");
  }

  @Test
  void an_enqueue_that_rolls_back_wakes_nobody() throws Exception {
    CompletableFuture<List<Claim>> claim = store.claimLater();
    store.awaitIdle(1);
    int tries = store.spy.tries.get();

    assertThatThrownBy(
            () ->
                store
                    .queue
                    .tx()
                    .useWrite(
                        tx -> {
                          store.queue.enqueue(tx, NewWork.of("never"));
                          throw new IllegalStateException("undone");
                        }))
        .hasMessage("undone");
    store.awaitIdle(1);
    assertThat(store.spy.tries).hasValue(tries);
    store.queue.enqueue(NewWork.of("a"));

    assertThat(get(claim)).extracting(Claim::payload).containsExactly("a");
  }

  @Test
  void the_wake_comes_after_the_commit() throws Exception {
    CompletableFuture<List<Claim>> claim = store.claimLater();
    store.awaitIdle(1);
    ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
    store.spy.beforeTry = () -> events.add("try");

    store
        .queue
        .tx()
        .useWrite(
            tx -> {
              store.queue.enqueue(tx, NewWork.of("a"));
              LockSupport.parkNanos(
                  TimeUnit.MILLISECONDS.toNanos(50)); // time in which a try would be too early
              events.add("commit");
            });
    get(claim);

    assertThat(events).startsWith("commit", "try");
  }

  @Test
  void what_is_committed_between_the_look_and_the_wait_is_not_missed() throws Exception {
    AtomicBoolean looked = new AtomicBoolean();
    store.spy.afterLook =
        () -> {
          if (looked.compareAndSet(false, true)) {
            store.queue.enqueue(NewWork.of("in between"));
          }
        };

    assertThat(get(store.claimLater())).extracting(Claim::payload).containsExactly("in between");
  }

  @Test
  void what_is_committed_between_the_try_and_the_wait_is_not_missed() throws Exception {
    AtomicBoolean tried = new AtomicBoolean();
    store.spy.afterTry =
        () -> {
          if (tried.compareAndSet(false, true)) {
            store.queue.enqueue(NewWork.of("in between"));
          }
        };

    assertThat(get(store.claimLater())).extracting(Claim::payload).containsExactly("in between");
  }

  @Test
  void one_enqueue_for_a_thousand_waiters_costs_a_bounded_number_of_queries() throws Exception {
    List<CompletableFuture<List<Claim>>> claims = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      claims.add(store.claimLater());
    }
    store.awaitIdle(1_000);
    int tries = store.spy.tries.get();
    int looks = store.spy.looks.get();

    store.queue.enqueue(NewWork.of("one"));
    Patience.get(CompletableFuture.anyOf(claims.toArray(CompletableFuture[]::new)));
    store.awaitIdle(999);

    assertThat(store.spy.tries.get() - tries).isEqualTo(1);
    assertThat(store.spy.looks.get() - looks).isLessThanOrEqualTo(8);
  }

  @Test
  void every_waiter_for_whom_there_is_work_gets_some() throws Exception {
    List<CompletableFuture<List<Claim>>> claims = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      claims.add(store.claimLater());
    }
    store.awaitIdle(200);
    List<NewWork> works = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      works.add(NewWork.of("work " + i));
    }

    store.queue.enqueueAll(works);

    for (CompletableFuture<List<Claim>> claim : claims) {
      assertThat(get(claim)).hasSize(1);
    }
    assertThat(store.queue.stats().claimed()).isEqualTo(200);
  }

  @Test
  void a_waiter_that_was_called_and_interrupted_passes_the_call_on() throws Exception {
    CompletableFuture<List<Claim>> first = store.claimLater();
    Thread interrupted = store.lastThread();
    store.awaitIdle(1);
    CompletableFuture<List<Claim>> second = store.claimLater();
    store.awaitIdle(2);
    store.spy.beforeTry =
        () -> {
          if (Thread.currentThread() == interrupted) {
            interrupted.interrupt();
          }
        };

    store.queue.enqueue(NewWork.of("a"));

    assertThatThrownBy(() -> get(first)).isInstanceOf(InterruptedException.class);
    assertThat(get(second)).hasSize(1);
  }

  @Test
  void scheduled_work_wakes_a_waiter_when_its_time_comes() throws Exception {
    CompletableFuture<List<Claim>> claim = store.claimLater();
    store.awaitIdle(1);
    int tries = store.spy.tries.get();
    store.queue.enqueue(
        NewWork.of("later").notBefore(store.clock.instant().plus(Duration.ofHours(1))));
    store.clock.advance(Duration.ofHours(1).minusMillis(1));
    store.awaitIdle(1);
    assertThat(store.spy.tries).hasValue(tries);

    store.clock.advance(Duration.ofMillis(1));

    assertThat(get(claim)).extracting(Claim::payload).containsExactly("later");
  }

  @Test
  void a_retry_wakes_a_waiter_when_its_time_comes() throws Exception {
    store.queue.enqueue(NewWork.of("again"));
    store.queue.fail(store.queue.claim("a", TTL).orElseThrow(), "not yet");
    CompletableFuture<List<Claim>> claim = store.claimLater();
    store.awaitIdle(1);

    store.clock.advance(WaitingStore.RETRY);

    assertThat(get(claim)).extracting(Claim::attempt).containsExactly(2);
  }

  @Test
  void a_lapse_wakes_a_waiter() throws Exception {
    store.queue.enqueue(NewWork.of("left behind"));
    store.queue.claim("a", TTL);
    CompletableFuture<List<Claim>> claim = store.claimLater();
    store.awaitIdle(1);

    store.clock.advance(TTL);

    assertThat(get(claim)).extracting(Claim::attempt).containsExactly(2);
  }

  @Test
  void a_freed_lane_wakes_a_waiter() throws Exception {
    store.queue.enqueue(NewWork.of("head").withLane("l"));
    store.queue.enqueue(NewWork.of("next").withLane("l"));
    Claim head = store.queue.claim("a", TTL).orElseThrow();
    CompletableFuture<List<Claim>> claim = store.claimLater();
    store.awaitIdle(1);

    store.queue.complete(head);

    assertThat(get(claim)).extracting(Claim::payload).containsExactly("next");
  }

  @Test
  void waiters_of_one_queue_leave_those_of_another_alone() throws Exception {
    CompletableFuture<List<Claim>> claim = store.claimLater();
    store.awaitIdle(1);
    int tries = store.spy.tries.get();
    WorkQueue other =
        new QueueEngine(store.spy.store, new TokenSpace()).queue("other", QueueOptions.defaults());

    other.enqueue(NewWork.of("not yours"));
    store.awaitIdle(1);
    assertThat(store.spy.tries).hasValue(tries);

    store.queue.enqueue(NewWork.of("yours"));
    assertThat(get(claim)).extracting(Claim::payload).containsExactly("yours");
  }

  @Test
  void a_wait_of_zero_is_one_try() throws Exception {
    assertThat(store.waiting.claim("w", TTL, 1, Duration.ZERO)).isEmpty();
    assertThat(store.spy.tries).hasValue(1);
    assertThat(store.spy.looks).hasValue(0);
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
}
