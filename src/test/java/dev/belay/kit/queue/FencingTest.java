package dev.belay.kit.queue;

import static dev.belay.kit.queue.QueueStore.MS;
import static dev.belay.kit.queue.QueueStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.OnEachForm;
import dev.belay.kit.Promise;
import dev.belay.kit.Promised;
import dev.belay.queue.Claim;
import dev.belay.queue.ClaimLostException;
import dev.belay.queue.ClaimRenewal;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkLine;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.WorkState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A claim that is not live changes nothing.
 *
 * <p>Goal: no call of a stale holder affects the current one. Method: all work of the queue, before
 * and after each verb.
 */
@OnEachForm(inTurn = true)
class FencingTest {
  @RegisterExtension final QueueStore store = QueueStore.onEachForm();

  @ParameterizedTest
  @ValueSource(strings = {"b", "a"})
  void a_claim_that_lapsed_and_was_taken_over_changes_nothing(String successor) {
    store.add("p");
    Claim stale = store.queue().claim("a", TTL).orElseThrow();
    store.clock.advance(TTL);
    Claim live = store.queue().claim(successor, TTL).orElseThrow();

    assertLost(stale);
    assertThat(store.queue().complete(live)).isEqualTo(Settlement.SETTLED);
  }

  @Test
  void a_lapsed_claim_changes_nothing_even_without_a_successor() {
    store.add("p");
    Claim stale = store.claim();
    store.clock.advance(TTL);

    assertLost(stale);
  }

  @Test
  void a_claim_of_a_lane_that_lapsed_and_was_taken_over_changes_nothing() {
    store.addToLane("l", "a");
    store.addToLane("l", "b");
    List<Claim> stale = store.queue().claimLane("l", "a", TTL, 2);
    store.clock.advance(TTL);
    store.queue().claimLane("l", "b", TTL, 2);

    stale.forEach(this::assertLost);
  }

  @Test
  void a_claim_that_was_settled_changes_nothing() {
    List<Function<Claim, Settlement>> settlements =
        List.of(
            claim -> store.queue().complete(claim),
            claim -> store.queue().bury(claim, "no"),
            claim -> store.queue().fail(claim, "no"),
            claim -> store.queue().release(claim),
            claim -> store.queue().defer(claim, store.clock.instant().plus(TTL)));
    for (Function<Claim, Settlement> settle : settlements) {
      store.add("p");
      Claim claim = store.claim();
      assertThat(settle.apply(claim)).isEqualTo(Settlement.SETTLED);

      assertLost(claim);
      store.drain();
    }
  }

  @Test
  void a_claim_is_live_until_the_last_millisecond() {
    store.add("p");
    Claim claim = store.claim();
    store.clock.advance(TTL.minus(MS));

    assertThat(store.queue().complete(claim)).isEqualTo(Settlement.SETTLED);
  }

  @Test
  void renewing_keeps_the_token_and_moves_the_expiry() {
    store.add("p");
    Claim claim = store.claim();
    store.clock.advance(TTL.minus(MS));

    Claim renewed = store.queue().renew(claim, TTL).renewed().orElseThrow();

    assertThat(renewed.token()).isEqualTo(claim.token());
    assertThat(renewed.expiresAt()).isEqualTo(store.clock.instant().plus(TTL));
    assertThat(store.work(claim.workId()).expiresAt()).isEqualTo(renewed.expiresAt());
    store.clock.advance(TTL.minus(MS));
    assertThat(store.queue().complete(claim)).isEqualTo(Settlement.SETTLED);
  }

  @Test
  void of_a_claim_only_queue_id_and_token_count() {
    store.addToLane("l", "p");
    store.addToLane("l", "q");
    Claim claim = store.claim();
    Claim known =
        new Claim(
            "jobs",
            claim.workId(),
            claim.token(),
            "?",
            "",
            "",
            null,
            0,
            Instant.EPOCH,
            Instant.EPOCH);

    assertThat(store.queue().renew(known, TTL).renewed()).isPresent();
    assertThat(store.queue().complete(known)).isEqualTo(Settlement.SETTLED);
    assertThat(store.claim().payload()).isEqualTo("q");
  }

  @Test
  void a_claim_of_another_queue_is_a_callers_mistake() {
    WorkQueue other = store.belay().queue("other");
    store.add("p");
    Claim claim = store.claim();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> other.complete(claim))
        .withMessageContaining("other")
        .withMessageContaining("jobs");
    assertThatIllegalArgumentException().isThrownBy(() -> other.renew(claim, TTL));
    assertThatIllegalArgumentException().isThrownBy(() -> other.claimMore(claim, 1));
  }

  @Test
  void a_claim_dressed_as_one_of_this_queue_is_lost() {
    store.add("p");
    Claim claim = store.claim();
    Claim dressed =
        new Claim(
            "other",
            claim.workId(),
            claim.token(),
            "w",
            "",
            "",
            null,
            1,
            claim.claimedAt(),
            claim.expiresAt());

    assertThat(store.belay().queue("other").complete(dressed)).isEqualTo(Settlement.CLAIM_LOST);
  }

  @Test
  void require_lets_a_live_claim_pass() {
    store.add("p");
    Claim claim = store.claim();

    store.belay().useWrite(tx -> store.queue().require(tx, claim));
    store.belay().useRead(tx -> store.queue().require(tx, claim));
  }

  @Test
  void require_undoes_what_a_stale_holder_wrote() {
    store.add("p");
    Claim stale = store.claim();
    store.clock.advance(TTL);

    assertThatThrownBy(
            () ->
                store
                    .belay()
                    .useWrite(
                        tx -> {
                          store.queue().enqueue(tx, NewWork.of("follow-up"));
                          store.queue().require(tx, stale);
                        }))
        .isInstanceOf(ClaimLostException.class)
        .hasMessageContaining("work " + stale.workId())
        .hasMessageContaining("jobs");
    assertThat(store.drain()).containsExactly("p");
  }

  @Test
  void tokens_of_a_piece_of_work_grow_whatever_the_clock_does() {
    store.add("a");
    Claim first = store.claim();
    store.clock.advance(TTL.multipliedBy(-120));
    store.queue().release(first);

    assertThat(store.claim().token()).isGreaterThan(first.token());
  }

  @Test
  @Promised(Promise.TOKENS_GROW_STORE_WIDE)
  void tokens_of_all_work_grow_whatever_the_clock_does() {
    store.add("a");
    store.add("b");
    Claim first = store.claim();
    store.clock.advance(TTL.multipliedBy(-120));

    assertThat(store.claim().token()).isGreaterThan(first.token());
  }

  private void assertLost(Claim stale) {
    List<Object> before = everything();

    assertThat(store.queue().complete(stale)).isEqualTo(Settlement.CLAIM_LOST);
    assertThat(store.queue().complete(stale, "result")).isEqualTo(Settlement.CLAIM_LOST);
    assertThat(store.queue().fail(stale, "error")).isEqualTo(Settlement.CLAIM_LOST);
    assertThat(store.queue().defer(stale, store.clock.instant())).isEqualTo(Settlement.CLAIM_LOST);
    assertThat(store.queue().release(stale)).isEqualTo(Settlement.CLAIM_LOST);
    assertThat(store.queue().bury(stale, "reason")).isEqualTo(Settlement.CLAIM_LOST);
    assertThat(store.queue().renew(stale, TTL)).isEqualTo(new ClaimRenewal.Lost());
    assertThat(store.queue().claimMore(stale, 1)).isEmpty();
    assertThatThrownBy(() -> store.belay().useRead(tx -> store.queue().require(tx, stale)))
        .isInstanceOf(ClaimLostException.class);

    assertThat(everything()).isEqualTo(before);
  }

  private List<Object> everything() {
    List<Object> all = new ArrayList<>();
    for (WorkState state : WorkState.values()) {
      for (WorkLine line : store.queue().list(state, 0, 100)) {
        all.add(line);
        all.add(store.work(line.id()));
      }
    }
    return all;
  }
}
