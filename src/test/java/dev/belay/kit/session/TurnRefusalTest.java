package dev.belay.kit.session;

import static dev.belay.kit.session.TurnStore.QUEUE;
import static dev.belay.kit.session.TurnStore.TTL;
import static dev.belay.kit.session.TurnStore.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.kit.OnEachForm;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.ClaimLost;
import dev.belay.session.CommitOutcome.KeyConflict;
import dev.belay.session.CommitOutcome.LeaseLost;
import dev.belay.session.SessionCommit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A commit under a lost claim or lease, or with a taken key, is refused and has written nothing.
 *
 * <p>Goal: a stale worker changes nothing in the store, whatever its commit holds. Method: all
 * sessions, leases and work, before and after.
 */
@OnEachForm(inTurn = true)
class TurnRefusalTest {
  /** How a claim or a lease of A comes to be lost. */
  enum Loss {
    LAPSED,
    TAKEN_OVER_BY_B,
    TAKEN_OVER_UNDER_THE_SAME_NAME,
    ENDED_BY_A
  }

  @RegisterExtension final TurnStore store = TurnStore.onEachForm();

  @ParameterizedTest
  @EnumSource
  void a_lost_claim_completes_nothing(Loss loss) {
    Claim lost = lostClaim(loss);

    assertRefused(full().complete(lost, "late"), new ClaimLost(lost));
  }

  @ParameterizedTest
  @EnumSource
  void a_lost_claim_fences(Loss loss) {
    Claim lost = lostClaim(loss);

    assertRefused(full().fencedBy(lost), new ClaimLost(lost));
  }

  @ParameterizedTest
  @EnumSource
  void a_lost_lease_fences(Loss loss) {
    Lease lost = lostLease(loss);

    assertRefused(full().fencedBy(lost), new LeaseLost(lost));
  }

  @ParameterizedTest
  @EnumSource
  void a_lost_lease_is_not_released(Loss loss) {
    Lease lost = lostLease(loss);

    assertRefused(full().releasing(lost), new LeaseLost(lost));
  }

  @ParameterizedTest
  @EnumSource
  void a_lost_grant_of_a_lane_completes_nothing_though_its_first_work_was_settled(Loss loss) {
    List<Claim> claims = store.claimNewLane("lane", "1", "2", "3");
    store.queue().complete(claims.get(0));
    lose(loss, claims.get(1));

    assertRefused(
        full().complete(claims.get(2)).complete(claims.get(1)), new ClaimLost(claims.get(2)));
  }

  @Test
  void one_lost_claim_among_live_ones_refuses_them_all() {
    Claim lost = lostClaim(Loss.ENDED_BY_A);
    Claim live = store.claimNew("live");

    assertRefused(full().complete(live).complete(lost), new ClaimLost(lost));
    assertRefused(full().fencedBy(live).fencedBy(lost), new ClaimLost(lost));
  }

  @Test
  void a_claim_is_looked_for_in_its_own_queue() {
    Claim live = store.claimNew("live");
    Claim foreign =
        new Claim(
            "mail",
            live.workId(),
            live.token(),
            live.worker(),
            live.type(),
            live.payload(),
            live.lane(),
            live.attempt(),
            live.claimedAt(),
            live.expiresAt());

    assertRefused(full().complete(foreign), new ClaimLost(foreign));
  }

  @Test
  void a_key_that_other_content_has_refuses_the_commit() {
    Claim claim = store.claimNew("live");
    store.queue().enqueue(NewWork.of("x").withKey("k").withType("t").withLane("l"));
    NewWork same = NewWork.of("x").withKey("k").withType("t").withLane("l");

    for (NewWork other :
        List.of(
            NewWork.of("y").withKey("k").withType("t").withLane("l"),
            same.withType("t2"),
            same.withLane("l2"),
            NewWork.of("x").withKey("k").withType("t"))) {
      SessionCommit commit = full().complete(claim).enqueue(QUEUE, same, other);
      assertRefused(commit, new KeyConflict(QUEUE, "k"));
    }
  }

  @Test
  void a_key_twice_in_one_commit_with_other_content_refuses_it() {
    NewWork first = NewWork.of("x").withKey("k");

    for (NewWork other :
        List.of(NewWork.of("y").withKey("k"), first.withType("t"), first.withLane("l"))) {
      assertRefused(full().enqueue(QUEUE, first, other), new KeyConflict(QUEUE, "k"));
    }
  }

  @Test
  void to_complete_behind_open_work_of_the_grant_is_a_mistake() {
    List<Claim> claims = store.claimNewLane("lane", "1", "2", "3");
    List<Object> before = store.everything();

    for (SessionCommit commit :
        List.of(
            full().complete(claims.get(1)),
            full().complete(claims.get(0)).complete(claims.get(2)),
            full().complete(claims.get(1)).fencedBy(claims.get(0)))) {
      assertThatIllegalStateException()
          .isThrownBy(() -> store.sessions().commit(commit))
          .withMessageContaining("in queue jobs is open");
      store
          .belay()
          .useWrite(
              tx ->
                  assertThatIllegalStateException()
                      .isThrownBy(() -> store.sessions().commit(tx, commit)));
    }
    assertThat(store.everything()).isEqualTo(before);
  }

  @Test
  void a_lost_claim_is_reported_before_a_mistake_in_the_order() {
    List<Claim> claims = store.claimNewLane("lane", "1", "2");
    Claim lost = lostClaim(Loss.ENDED_BY_A);

    assertRefused(full().complete(claims.get(1)).complete(lost), new ClaimLost(lost));
  }

  /** Refused alone, and in a larger transaction, which goes on; either way nothing has changed. */
  private void assertRefused(SessionCommit commit, CommitOutcome refusal) {
    List<Object> before = store.everything();

    assertThat(store.sessions().commit(commit)).isEqualTo(refusal);
    assertThat(store.everything()).isEqualTo(before);
    CommitOutcome inTx = store.belay().write(tx -> store.sessions().commit(tx, commit));
    assertThat(inTx).isEqualTo(refusal);
    assertThat(store.everything()).isEqualTo(before);
  }

  /** A commit that would write to every table there is. */
  private static SessionCommit full() {
    return SessionCommit.to("s", 1)
        .operation("op")
        .append(event("late").withId("e"))
        .state("late")
        .enqueue(QUEUE, NewWork.of("late"), NewWork.of("late").withLane("s"));
  }

  private Claim lostClaim(Loss loss) {
    Claim claim = store.claimNew("job");
    lose(loss, claim);
    return claim;
  }

  private void lose(Loss loss, Claim claim) {
    if (loss == Loss.ENDED_BY_A) {
      store.queue().release(claim);
      return;
    }
    store.clock.advance(TTL);
    if (loss != Loss.LAPSED) {
      String worker = loss == Loss.TAKEN_OVER_BY_B ? "b" : claim.worker();
      assertThat(store.queue().claim(worker, TTL).orElseThrow().workId()).isEqualTo(claim.workId());
    }
  }

  private Lease lostLease(Loss loss) {
    Lease lease = store.lease("s", "a");
    if (loss == Loss.ENDED_BY_A) {
      store.belay().leases().release(lease);
      return lease;
    }
    store.clock.advance(TTL);
    if (loss != Loss.LAPSED) {
      store.lease("s", loss == Loss.TAKEN_OVER_BY_B ? "b" : lease.holder());
    }
    return lease;
  }
}
