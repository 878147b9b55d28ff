package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.RETRY;
import static dev.belay.kit.queue.QueueStore.TTL;
import static dev.belay.kit.queue.QueueStore.payloads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.kit.OnEachForm;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.RetryPolicy;
import dev.belay.queue.Settlement;
import dev.belay.queue.Work;
import dev.belay.queue.WorkHandler;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import dev.belay.queue.Worker;
import dev.belay.store.BelayObserver.AttemptFailure.Outcome;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How often work is tried, and how it ends. */
@OnEachForm(inTurn = true)
class AttemptsTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @Test
  void an_attempt_is_charged_at_the_claim() {
    long id = store.add("a");

    assertThat(store.claim().attempt()).isEqualTo(1);
    assertThat(store.work(id).attempt()).isEqualTo(1);
  }

  @Test
  void failed_work_waits_for_its_retry_to_the_very_millisecond() {
    long id = store.add("a");

    assertThat(store.queue().fail(store.claim(), "no")).isEqualTo(Settlement.SETTLED);

    assertThat(store.state(id)).isEqualTo(WorkState.WAITING);
    assertThat(store.work(id).notBefore()).isEqualTo(store.clock.instant().plus(RETRY));
    assertThat(store.work(id).lastError()).isEqualTo("no");
    store.clock.advance(RETRY.minus(MS));
    assertThat(store.queue().claim("w", TTL)).isEmpty();
    store.clock.advance(MS);
    assertThat(store.claim().attempt()).isEqualTo(2);
  }

  @Test
  void the_last_failure_buries() {
    long id = store.add(NewWork.of("a").withAttemptsMax(2));
    store.queue().fail(store.claim(), "first");
    store.clock.advance(RETRY);

    store.queue().fail(store.claim(), "second");

    assertThat(store.state(id)).isEqualTo(WorkState.BURIED);
    assertThat(store.work(id).lastError()).isEqualTo("second");
    assertThat(store.work(id).finishedAt()).isEqualTo(store.clock.instant());
  }

  @Test
  void the_last_lapse_buries() {
    long id = store.add(NewWork.of("a").withAttemptsMax(2));
    for (int attempt = 1; attempt <= 2; attempt++) {
      assertThat(store.claim().attempt()).isEqualTo(attempt);
      store.clock.advance(TTL);
    }

    assertThat(store.queue().claim("w", TTL)).isEmpty();
    assertThat(store.state(id)).isEqualTo(WorkState.BURIED);
    assertThat(store.work(id).lastError()).contains("lapsed");
  }

  @Test
  void a_lapse_makes_work_claimable_at_once() {
    store.add("a");
    store.claim();
    store.clock.advance(TTL.minus(MS));
    assertThat(store.queue().claim("w", TTL)).isEmpty();

    store.clock.advance(MS);

    assertThat(store.claim().attempt()).isEqualTo(2);
  }

  @Test
  void exhausted_work_in_front_never_makes_a_claim_come_back_empty() {
    int exhausted = 356;
    for (int i = 0; i < exhausted; i++) {
      store.add(NewWork.of("bad").withAttemptsMax(1).withPriority(1));
    }
    store.add("good");
    for (int i = 0; i < exhausted; i++) {
      store.claim();
    }
    store.clock.advance(MS);
    store.claim(); // the good one, which lapses last
    store.clock.advance(TTL);

    assertThat(store.claim().payload()).isEqualTo("good");
  }

  @Test
  void deferring_and_releasing_charge_no_attempt() {
    store.add(NewWork.of("a").withAttemptsMax(1));
    store.queue().release(store.claim());
    store.queue().defer(store.claim(), store.clock.instant().plus(MS));
    store.clock.advance(MS);

    assertThat(store.claim().attempt()).isEqualTo(1);
  }

  @Test
  void deferring_to_the_past_is_releasing() {
    long id = store.add("a");

    store.queue().defer(store.claim(), store.clock.instant());

    assertThat(store.state(id)).isEqualTo(WorkState.READY);
  }

  @Test
  void a_batch_ends_before_work_that_has_lapsed() {
    store.add(NewWork.of("lapsed").withPriority(-1));
    store.claim();
    store.add("a");
    store.add(NewWork.of("z").withPriority(-2));
    store.clock.advance(TTL);

    assertThat(payloads(store.queue().claim("w", TTL, 10))).containsExactly("a");
    assertThat(payloads(store.queue().claim("w", TTL, 10))).containsExactly("lapsed");
    assertThat(payloads(store.queue().claim("w", TTL, 10))).containsExactly("z");
  }

  @Test
  void work_of_a_lapsed_lane_grant_is_granted_one_by_one() {
    store.addToLane("l", "a");
    store.addToLane("l", "b");
    store.addToLane("l", "c");
    store.queue().claimLane("l", "w", TTL, 2);
    store.clock.advance(TTL);

    List<Claim> first = store.queue().claimLane("l", "w", TTL, 3);
    assertThat(payloads(first)).containsExactly("a");
    assertThat(store.queue().claimMore(first.get(0), 3)).isEmpty();
    store.queue().complete(first.get(0));
    List<Claim> second = store.queue().claimLane("l", "w", TTL, 3);
    assertThat(payloads(second)).containsExactly("b");
    store.queue().complete(second.get(0));
    assertThat(payloads(store.queue().claimLane("l", "w", TTL, 3))).containsExactly("c");
  }

  @Test
  void nothing_that_has_lapsed_joins_a_held_grant() {
    store.addToLane("l", "a");
    store.addToLane("l", "b");
    store.addToLane("l", "c");
    store.queue().claimLane("l", "w", TTL, 2);
    store.clock.advance(TTL);
    store.queue().complete(store.claim());
    Claim behind = store.claim();
    assertThat(behind.payload()).isEqualTo("b");

    assertThat(store.queue().claimMore(behind, 1)).isEmpty();
  }

  @Test
  void burying_gives_up_at_once_and_keeps_the_reason() {
    long id = store.add("a");

    assertThat(store.queue().bury(store.claim(), "nonsense")).isEqualTo(Settlement.SETTLED);

    assertThat(store.state(id)).isEqualTo(WorkState.BURIED);
    assertThat(store.work(id).lastError()).isEqualTo("nonsense");
  }

  @Test
  void an_error_is_cut_between_two_code_points() {
    long id = store.add("a");

    store.queue().fail(store.claim(), "🜁".repeat(WorkQueue.ERROR_MAX + 1));

    assertThat(store.work(id).lastError()).isEqualTo("🜁".repeat(WorkQueue.ERROR_MAX));
  }

  @Test
  void the_retry_policy_gets_the_number_of_the_failed_attempt() {
    WorkQueue queue =
        store
            .belay()
            .queue("q", QueueOptions.defaults().withRetry(attempt -> Duration.ofSeconds(attempt)));
    long id = queue.enqueue(NewWork.of("a")).workId();
    for (int attempt = 1; attempt <= 3; attempt++) {
      queue.fail(queue.claim("w", TTL).orElseThrow(), "no");
      assertThat(queue.find(id).orElseThrow().notBefore())
          .isEqualTo(store.clock.instant().plusSeconds(attempt));
      store.clock.advance(Duration.ofSeconds(attempt));
    }
  }

  @Test
  void a_retry_policy_is_asked_outside_the_transaction_that_fails_a_claim() throws Exception {
    WorkQueue notes = store.belay().queue("notes");
    RetryPolicy noting =
        attempt -> {
          notes.enqueue(NewWork.of("asked after " + attempt)); // refused inside a body
          return RETRY;
        };
    WorkQueue queue = store.belay().queue("q", QueueOptions.defaults().withRetry(noting));
    queue.enqueue(NewWork.of("a"));

    Settlement failed = queue.fail(queue.claim("w", TTL).orElseThrow(), "no");

    assertThat(failed).isEqualTo(Settlement.SETTLED);
    store.clock.advance(RETRY);
    WorkHandler failing =
        (claim, context) -> {
          throw new IllegalStateException("no");
        };
    try (Worker worker = queue.worker(failing).start()) {
      Patience.until("the worker has failed it", () -> notes.stats().ready() == 2);
      assertThat(worker.isRunning()).isTrue();
    }
    assertThat(payloads(notes.claim("w", TTL, 2)))
        .containsExactly("asked after 1", "asked after 2");
  }

  @Test
  void a_claim_made_while_the_clock_was_ahead_can_be_ended_by_a_tool() {
    Instant right = store.clock.instant();
    store.clock.advance(Duration.ofDays(365));
    long first = store.addToLane("l", "a");
    store.addToLane("l", "b");
    store.claim();
    store.clock.set(right);
    assertThat(store.queue().claim("w", TTL)).isEmpty(); // its holder is gone, and a year is long

    Claim held = store.work(first).claim().orElseThrow();

    assertThat(store.queue().release(held)).isEqualTo(Settlement.SETTLED);
    assertThat(store.work(first).claim()).isEmpty();
    assertThat(store.drain()).containsExactly("a", "b");
  }

  @Test
  void a_retry_policy_without_delay_makes_work_claimable_at_once() {
    WorkQueue queue =
        store.belay().queue("q", QueueOptions.defaults().withRetry(attempt -> Duration.ZERO));
    long id = queue.enqueue(NewWork.of("a")).workId();

    queue.fail(queue.claim("w", TTL).orElseThrow(), "no");

    assertThat(queue.find(id).orElseThrow().state()).isEqualTo(WorkState.READY);
  }

  @Test
  void a_delay_that_no_retry_policy_may_answer_is_refused_and_the_claim_stays() {
    refusesDelay(attempt -> Duration.ofMillis(-1));
    refusesDelay(attempt -> Duration.ofMillis(Long.MAX_VALUE));
    refusesDelay(attempt -> Duration.ofSeconds(Long.MAX_VALUE));
    refusesDelay(attempt -> nothing());
  }

  private void refusesDelay(RetryPolicy policy) {
    WorkQueue queue = store.belay().queue("q", QueueOptions.defaults().withRetry(policy));
    queue.enqueue(NewWork.of("a"));
    Claim claim = queue.claim("w", TTL).orElseThrow();

    assertThatIllegalStateException()
        .isThrownBy(() -> queue.fail(claim, "no"))
        .withMessageContaining("retry policy");
    assertThat(queue.complete(claim)).isEqualTo(Settlement.SETTLED);
  }

  @SuppressWarnings("NullAway")
  private static Duration nothing() {
    return null;
  }

  @Test
  void a_retry_policy_that_throws_loses_neither_the_error_nor_the_claim() throws Exception {
    List<Throwable> thrown =
        List.of(new ArrayIndexOutOfBoundsException("d[3]"), new StackOverflowError());
    for (Throwable failure : thrown) {
      WorkQueue queue =
          store
              .belay()
              .queue(
                  "q",
                  QueueOptions.defaults()
                      .withRetry(
                          attempt -> {
                            if (failure instanceof Error error) {
                              throw error;
                            }
                            throw (RuntimeException) failure;
                          }));
      long id = queue.enqueue(NewWork.of("a")).workId();
      try (LogProbe log = LogProbe.recording()) {
        assertThat(queue.fail(queue.claim("w", TTL).orElseThrow(), "boom 3"))
            .isEqualTo(Settlement.SETTLED);
        Patience.until(
            "the policy's failure is logged",
            () -> log.warnings().stream().anyMatch(text -> text.contains("retry policy")));
      }

      Work work = queue.find(id).orElseThrow();
      assertThat(work.state()).isEqualTo(WorkState.WAITING);
      assertThat(work.lastError()).isEqualTo("boom 3");
      assertThat(Duration.between(store.clock.instant(), work.notBefore()))
          .isBetween(Duration.ofMillis(799), Duration.ofMillis(1_200));
    }
  }

  @Test
  void a_worker_whose_retry_policy_is_no_policy_loses_no_error() throws Exception {
    List<RetryPolicy> policies =
        List.of(
            attempt -> {
              throw new IllegalStateException("of the policy");
            },
            attempt -> Duration.ofMillis(-1),
            attempt -> Duration.ofSeconds(Long.MAX_VALUE),
            attempt -> nothing());
    for (RetryPolicy policy : policies) {
      WorkQueue queue = store.belay().queue("q", QueueOptions.defaults().withRetry(policy));
      ToldFailures told = new ToldFailures();
      long id = queue.enqueue(NewWork.of("a")).workId();
      WorkHandler handler =
          (claim, context) -> {
            throw new IllegalStateException("boom 3");
          };
      try (Worker worker = queue.worker(handler).listener(told).start()) {
        Patience.until("the failure is told", () -> !told.failed.isEmpty());
        assertThat(worker.isRunning()).isTrue();
      }
      assertThat(queue.find(id).orElseThrow().lastError()).contains("boom 3");
      assertThat(told.one().outcome()).isEqualTo(Outcome.RETRIED);
    }
  }

  @Test
  void lapsed_work_is_granted_alone_until_it_was_given_back_or_failed() {
    store.add("a");
    store.add("b");
    assertThat(store.queue().claim("gone", TTL, 2)).hasSize(2);
    store.clock.advance(TTL);
    store.queue().release(store.queue().claim("w", TTL, 2).get(0));
    Claim first = store.queue().claim("w", TTL, 2).get(0);
    assertThat(first.payload()).isEqualTo("a");
    List<Claim> second = store.queue().claim("w", TTL, 2);
    assertThat(QueueStore.payloads(second)).containsExactly("b");
    store.queue().fail(second.get(0), "no");
    store.clock.advance(RETRY);
    store.queue().release(first);

    assertThat(QueueStore.payloads(store.queue().claim("w", TTL, 2))).containsExactly("a", "b");
  }

  @Test
  void the_default_policy_doubles_from_a_second_to_five_minutes_give_or_take_a_fifth() {
    RetryPolicy policy = RetryPolicy.exponential();
    long[] expectedMs = {1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000};
    for (int i = 0; i < 50; i++) {
      for (int attempt = 1; attempt <= 70; attempt++) {
        long ms = attempt <= expectedMs.length ? expectedMs[attempt - 1] : 300_000;
        assertThat(policy.delayAfter(attempt).toMillis())
            .isBetween((long) (ms * 0.8) - 1, (long) (ms * 1.2));
      }
    }
  }

  @Test
  void a_policy_from_nothing_or_downwards_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetryPolicy.exponential(Duration.ZERO, RETRY));
    assertThatIllegalArgumentException().isThrownBy(() -> RetryPolicy.exponential(RETRY, MS));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetryPolicy.exponential(MS, RetryPolicy.LONGEST_MAX.plus(MS)));
  }
}
