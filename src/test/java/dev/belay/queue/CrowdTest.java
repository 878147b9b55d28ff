package dev.belay.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.RETRY;
import static dev.belay.kit.queue.QueueStore.TTL;
import static dev.belay.kit.queue.QueueStore.payloads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.OnEachForm;
import dev.belay.kit.queue.QueueStore;
import dev.belay.kit.queue.ToldFailures;
import dev.belay.store.StoreCorruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: verbs are correct when more work is due than one transaction handles. */
@OnEachForm(slow = true)
class CrowdTest {
  /** A number of pieces of work that needs several rounds. */
  private static final int CROWD = PromoteDue.ROUND_MAX * 2 + 88;

  /** A number of pieces of work that needs several transactions. */
  private static final int LARGE_CROWD = PromoteDue.ROUND_MAX * ClaimStep.ROUNDS_MAX + 300;

  private static final String LARGE = "x".repeat(3 << 20);

  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  CrowdTest() {
    // without the log of thousands of failures
    var unused = store.with(options -> options.withObserver(new ToldFailures()));
  }

  @Test
  void what_is_enqueued_into_an_unfinished_crowd_stands_behind_it() {
    List<String> crowd = crowdInLane();
    store.clock.advance(MS);

    long late = store.addToLane("l", "late");
    store.queue().enqueueAll(lateWork("later", "last"));

    assertThat(store.state(late)).isEqualTo(WorkState.SCHEDULED);
    assertThat(store.drain()).isEqualTo(and(crowd, "late", "later", "last"));
  }

  @Test
  void what_is_requeued_into_an_unfinished_crowd_stands_behind_it() {
    long again = store.addToLane("l", "again");
    store.queue().bury(store.claim(), "no");
    List<String> crowd = crowdInLane();
    store.clock.advance(MS.multipliedBy(2));

    assertThat(store.queue().requeue(again)).isEqualTo(Requeue.REQUEUED);

    assertThat(store.drain()).isEqualTo(and(crowd, "again"));
  }

  @Test
  void what_is_enqueued_into_a_crowd_that_one_round_promotes_joins_the_line() {
    store
        .queue()
        .enqueueAll(
            Collections.nCopies(
                PromoteDue.ROUND_MAX,
                NewWork.of("p").withLane("l").notBefore(store.clock.instant().plus(MS))));
    store.clock.advance(MS);

    assertThat(store.state(store.addToLane("l", "late"))).isEqualTo(WorkState.WAITING);
  }

  @Test
  void a_crowd_that_falls_due_again_and_again_keeps_its_order() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      expected.addAll(crowdInLane());
      store.clock.advance(MS);
      expected.add("late " + i);
      store.addToLane("l", "late " + i);
    }

    assertThat(store.drain()).isEqualTo(expected);
  }

  /** The forms of the claiming verb. */
  private enum ClaimForm {
    ONE,
    BATCH,
    WAITING;

    List<Claim> claim(WorkQueue queue) {
      try {
        return switch (this) {
          case ONE -> queue.claim("w", TTL).stream().toList();
          case BATCH -> queue.claim("w", TTL, 10);
          case WAITING -> queue.claim("w", TTL, 10, Duration.ZERO);
        };
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_crowd_that_can_do_nothing_more_never_makes_a_claim_come_back_empty(ClaimForm form) {
    exhaustAll();

    assertThat(payloads(form.claim(store.queue()))).containsExactly("good");
  }

  @ParameterizedTest
  @EnumSource
  void a_crowd_that_was_to_be_cancelled_never_makes_a_claim_come_back_empty(ClaimForm form) {
    List<Claim> claims = claimCrowd(9);
    store.belay().useWrite(tx -> claims.forEach(c -> store.queue().cancel(tx, c.workId())));
    claimGoodAndLapse();

    assertThat(payloads(form.claim(store.queue()))).containsExactly("good");
  }

  @ParameterizedTest
  @EnumSource
  void a_crowd_whose_lane_is_held_never_makes_a_claim_come_back_empty(ClaimForm form) {
    store.addToLane("l", "head");
    store.queue().claim("w", Duration.ofDays(1)).orElseThrow();
    store
        .queue()
        .enqueueAll(
            Collections.nCopies(
                LARGE_CROWD,
                NewWork.of("p").withLane("l").notBefore(store.clock.instant().plus(MS))));
    store.add(NewWork.of("good").notBefore(store.clock.instant().plus(MS.multipliedBy(2))));
    store.clock.advance(RETRY);

    assertThat(payloads(form.claim(store.queue()))).containsExactly("good");
    assertThat(form.claim(store.queue())).isEmpty();
  }

  @Test
  void a_claim_with_a_tx_stops_and_the_next_goes_on() {
    exhaustAll();

    Optional<Claim> first = store.belay().write(tx -> store.queue().claim(tx, "w", TTL));
    boolean goesOn = store.queue().stats().claimed() > 0;
    List<Claim> next = store.belay().write(tx -> store.queue().claim(tx, "w", TTL, 10));

    assertThat(first).isEmpty();
    assertThat(goesOn).isTrue();
    assertThat(payloads(next)).containsExactly("good");
  }

  @Test
  void all_of_a_crowd_is_claimed_to_the_last() {
    store
        .queue()
        .enqueueAll(
            Collections.nCopies(
                LARGE_CROWD, NewWork.of("p").notBefore(store.clock.instant().plus(MS))));
    store.clock.advance(MS);

    int claimed = 0;
    List<Claim> claims;
    do {
      claims = store.queue().claim("w", TTL, WorkQueue.CLAIMS_MAX);
      claimed += claims.size();
    } while (!claims.isEmpty());

    assertThat(claimed).isEqualTo(LARGE_CROWD);
  }

  /** Work that cannot be promoted when it falls due. */
  private enum Stuck {
    SCHEDULED(null, false),
    SCHEDULED_IN_A_LANE("l", false),
    FAILED(null, true),
    FAILED_IN_A_LANE("l", true),
    LAPSED(null, true),
    LAPSED_IN_A_LANE("l", true);

    private final String lane;
    private final boolean claimed;

    Stuck(@Nullable String lane, boolean claimed) {
      this.lane = lane == null ? "" : lane;
      this.claimed = claimed;
    }

    NewWork work() {
      NewWork work = NewWork.of("stuck");
      return lane.isEmpty() ? work : work.withLane(lane);
    }
  }

  @ParameterizedTest
  @EnumSource
  void work_that_cannot_be_moved_on_is_named_and_no_verb_waits_for_it(Stuck stuck) {
    NewWork work = stuck.work();
    long id = store.add(stuck.claimed ? work : work.notBefore(store.clock.instant().plus(MS)));
    if (stuck.claimed) {
      Claim claim = store.claim();
      if (stuck.name().startsWith("FAILED")) {
        store.queue().fail(claim, "no");
      }
    }
    store.ignore("UPDATE", "belay_work", "OLD.id = " + id);
    store.clock.advance(TTL);

    for (ClaimForm form : ClaimForm.values()) {
      assertThatThrownBy(() -> form.claim(store.queue()))
          .isInstanceOf(StoreCorruptException.class)
          .hasMessageContaining("work " + id + " ");
    }
    store.refuseNoMore("UPDATE", "belay_work");
    assertThat(store.drain()).containsExactly("stuck");
  }

  @Test
  void a_claim_in_the_middle_of_a_long_line_lapses_like_any_other() {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      ids.add(store.addToLane("l", "p" + i));
    }
    long expiresAtMs = store.clock.instant().plus(MS).toEpochMilli();
    store
        .belay()
        .useWrite(
            tx ->
                tx.handle()
                    .execute(
                        "UPDATE belay_work SET state = 'CLAIMED', token = 1, worker = 'w',"
                            + " attempt = 1, claimed_at_ms = 0, expires_at_ms = ? WHERE id = ?",
                        expiresAtMs,
                        ids.get(120)));
    store.clock.advance(TTL);

    assertThat(store.drain()).hasSize(150);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_batch_ends_before_it_is_too_large(boolean inTx) {
    store.queue().enqueueAll(Collections.nCopies(5, NewWork.of(LARGE)));
    List<Integer> sizes = new ArrayList<>();
    List<Claim> claims;
    do {
      claims =
          inTx
              ? store.belay().write(tx -> store.queue().claim(tx, "w", TTL, 10))
              : store.queue().claim("w", TTL, 10);
      sizes.add(claims.size());
    } while (!claims.isEmpty());

    assertThat(sizes).containsExactly(2, 2, 1, 0);
  }

  @Test
  void a_lane_grant_ends_before_it_is_too_large_and_so_does_what_joins_it() {
    store.queue().enqueueAll(Collections.nCopies(5, NewWork.of(LARGE).withLane("l")));

    List<Claim> grant = store.queue().claimLane("l", "w", TTL, 10);
    List<Claim> more = store.queue().claimMore(grant.get(0), 10);

    assertThat(grant).hasSize(2);
    assertThat(more).hasSize(2);
    assertThat(store.queue().claimMore(grant.get(0), 10)).hasSize(1);
  }

  @Test
  void one_piece_of_work_always_comes_however_large() {
    NewWork huge = NewWork.of("x".repeat(WorkQueue.BATCH_BYTES_MAX + 1));
    store.queue().enqueueAll(List.of(huge, NewWork.of(""), huge.withLane("l")));

    assertThat(store.queue().claim("w", TTL, 10)).hasSize(1);
    assertThat(store.queue().claim("w", TTL, 10)).hasSize(1);
    assertThat(store.queue().claimLane("l", "w", TTL, 10)).hasSize(1);
  }

  @Test
  void a_batch_counts_bytes_and_not_characters() {
    String threeBytesEach = "\u20ac".repeat(1 << 20);
    store.queue().enqueueAll(Collections.nCopies(4, NewWork.of(threeBytesEach)));

    assertThat(store.queue().claim("w", TTL, 10)).hasSize(2);
  }

  @Test
  void a_purge_with_a_tx_ends_before_it_is_too_large_and_says_zero_when_nothing_is_left() {
    store.queue().enqueueAll(Collections.nCopies(3, NewWork.of(LARGE)));
    for (Claim claim : List.of(store.claim(), store.claim(), store.claim())) {
      store.queue().complete(claim, LARGE);
    }
    store.clock.advance(MS);

    List<Integer> counts =
        IntStream.range(0, 4)
            .mapToObj(
                i -> store.belay().write(tx -> store.queue().purge(tx, store.clock.instant(), 10)))
            .toList();

    assertThat(counts).containsExactly(1, 1, 1, 0);
  }

  private List<String> crowdInLane() {
    List<String> payloads = IntStream.range(0, CROWD).mapToObj(i -> "p" + i).toList();
    store
        .queue()
        .enqueueAll(
            payloads.stream()
                .map(p -> NewWork.of(p).withLane("l").notBefore(store.clock.instant().plus(MS)))
                .toList());
    return payloads;
  }

  private static List<NewWork> lateWork(String... payloads) {
    return Stream.of(payloads).map(p -> NewWork.of(p).withLane("l")).toList();
  }

  private static List<String> and(List<String> crowd, String... late) {
    List<String> all = new ArrayList<>(crowd);
    all.addAll(List.of(late));
    return all;
  }

  private void exhaustAll() {
    claimCrowd(1);
    claimGoodAndLapse();
  }

  private List<Claim> claimCrowd(int attemptsMax) {
    NewWork work = NewWork.of("p").withAttemptsMax(attemptsMax);
    store.queue().enqueueAll(Collections.nCopies(LARGE_CROWD, work));
    List<Claim> claims = new ArrayList<>();
    while (claims.size() < LARGE_CROWD) {
      claims.addAll(store.queue().claim("w", TTL, WorkQueue.CLAIMS_MAX));
    }
    return claims;
  }

  /** Claims one more piece of work, whose claim lapses after all others. */
  private void claimGoodAndLapse() {
    store.clock.advance(MS);
    store.add("good");
    store.claim();
    store.clock.advance(TTL);
  }
}
