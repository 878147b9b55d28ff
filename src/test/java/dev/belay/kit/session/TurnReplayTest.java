package dev.belay.kit.session;

import static dev.belay.kit.session.TurnStore.QUEUE;
import static dev.belay.kit.session.TurnStore.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.Enqueued.Added;
import dev.belay.queue.Enqueued.Duplicate;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkState;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.OperationConflict;
import dev.belay.session.SessionCommit;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A turn that is sent again happens once, and ends what is still held of it. */
@OnEachForm(inTurn = true)
class TurnReplayTest {
  private static final String MAIL = "mail";
  private static final SessionCommit TURN =
      SessionCommit.to("s", 1)
          .operation("turn")
          .append(event("b"))
          .enqueue(MAIL, NewWork.of("next").withKey("k"), NewWork.of("mail"))
          .enqueue(MAIL, NewWork.of("next").withKey("k"));

  @RegisterExtension final TurnStore store = TurnStore.onEachForm();

  @Test
  void it_answers_as_before_and_changes_nothing() {
    Claim claim = store.claimNew("job");
    Lease lease = store.lease("s", "a");
    SessionCommit turn = TURN.complete(claim, "done").releasing(lease);
    Committed first = commit(turn);
    commit(SessionCommit.to("s", 2));
    List<Object> before = store.everything();

    Committed again = commit(turn);

    assertThat(again).isEqualTo(replayed(first));
    assertThat(store.everything()).isEqualTo(before);
  }

  @Test
  @NeedsSharing
  void its_enqueued_work_is_answered_after_reopening_and_purging() {
    Committed first = commit(TURN);
    long id = first.enqueued().get(0).workId();
    long second = first.enqueued().get(1).workId();
    assertThat(second).isGreaterThan(id);
    assertThat(first.enqueued())
        .containsExactly(new Added(id), new Added(second), new Duplicate(id, WorkState.READY));
    store.belay().queue(MAIL).cancel(id);
    store.clock.advance(TurnStore.TTL);
    store.belay().queue(MAIL).purge(store.clock.instant(), 10);
    store.reopen();

    assertThat(commit(TURN)).isEqualTo(replayed(first));
    assertThat(store.belay().queue(MAIL).findByKey("k")).isEmpty();
  }

  @Test
  void it_completes_and_releases_what_is_still_held() {
    Committed first = commit(TURN.complete(store.claimNew("mine")));
    Claim other = store.claimNew("twin");
    Lease lease = store.lease("s", "b");

    Committed again = commit(TURN.complete(other, "late").releasing(lease));

    assertThat(again).isEqualTo(replayed(first));
    assertThat(store.work(other).state()).isEqualTo(WorkState.DONE);
    assertThat(store.work(other).result()).isEqualTo("late");
    assertThat(store.belay().leases().find("s")).isEmpty();
  }

  @Test
  void it_ignores_what_is_lost_and_leaves_it_to_its_holder() {
    Claim lost = store.claimNew("job");
    Lease lostLease = store.lease("s", "a");
    store.clock.advance(TurnStore.TTL);
    Claim successor = store.queue().claim("a", TurnStore.TTL).orElseThrow();
    store.lease("s", "a");
    Committed first = commit(TURN.complete(successor));
    List<Object> before = store.everything();

    Committed again =
        commit(TURN.complete(lost).fencedBy(lostLease).releasing(lostLease).fencedBy(lost));

    assertThat(again).isEqualTo(replayed(first));
    assertThat(store.everything()).isEqualTo(before);
  }

  @Test
  void it_completes_the_live_ones_among_lost_ones_front_to_back() {
    Claim lost = store.claimNew("job");
    Committed first = commit(TURN.complete(lost));
    List<Claim> lane = store.claimNewLane("lane", "1", "2");

    Committed again = commit(TURN.complete(lane.get(1)).complete(lost).complete(lane.get(0)));

    assertThat(again).isEqualTo(replayed(first));
    assertThat(lane).allMatch(claim -> store.work(claim).state() == WorkState.DONE);
  }

  @Test
  void a_fence_is_not_asked_for_again() {
    Claim claim = store.claimNew("job");
    Lease lease = store.lease("s", "a");
    SessionCommit turn = TURN.fencedBy(claim).fencedBy(lease);
    Committed first = commit(turn);
    store.queue().complete(claim);
    store.clock.advance(TurnStore.TTL);

    assertThat(commit(turn)).isEqualTo(replayed(first));
  }

  @Test
  void a_fence_is_not_settled_nor_a_lease_released_by_it() {
    commit(TURN);
    Claim claim = store.claimNew("job");
    Lease lease = store.lease("s", "a");
    List<Object> before = store.everything();

    commit(TURN.fencedBy(claim).fencedBy(lease));

    assertThat(store.everything()).isEqualTo(before);
  }

  @Test
  void to_complete_behind_open_work_is_a_mistake_here_too() {
    commit(TURN);
    List<Claim> lane = store.claimNewLane("lane", "1", "2", "3");
    SessionCommit turn = TURN.complete(lane.get(0)).complete(lane.get(2));
    List<Object> before = store.everything();

    assertThatIllegalStateException().isThrownBy(() -> commit(turn));
    store
        .belay()
        .useWrite(
            tx ->
                assertThatIllegalStateException()
                    .isThrownBy(() -> store.sessions().commit(tx, turn)));
    assertThat(store.everything()).isEqualTo(before);
  }

  @Test
  void how_and_when_its_work_is_done_may_differ() {
    Committed first =
        commit(
            SessionCommit.to("s", 1)
                .operation("op")
                .enqueue(QUEUE, NewWork.of("x").withType("t").withKey("k").withLane("l")));

    SessionCommit other =
        SessionCommit.to("s", 1)
            .operation("op")
            .enqueue(
                QUEUE,
                NewWork.of("x")
                    .withType("t")
                    .withKey("k")
                    .withLane("l")
                    .withPriority(7)
                    .withAttemptsMax(1)
                    .notBefore(Instant.ofEpochMilli(1)));

    assertThat(commit(other)).isEqualTo(replayed(first));
  }

  @Test
  void other_work_is_other_content() {
    commit(TURN);
    Claim claim = store.claimNew("job");
    List<Object> before = store.everything();

    assertThat(store.sessions().commit(TURN.enqueue(QUEUE, NewWork.of("z")).complete(claim)))
        .isEqualTo(new OperationConflict("turn"));
    assertThat(store.everything()).isEqualTo(before);
  }

  @Test
  void a_turn_within_the_transaction_that_it_happened_in_is_replayed() {
    Claim claim = store.claimNew("job");
    SessionCommit turn = TURN.complete(claim);

    List<CommitOutcome> outcomes =
        store
            .belay()
            .write(
                tx ->
                    List.of(store.sessions().commit(tx, turn), store.sessions().commit(tx, turn)));

    assertThat(outcomes.get(1)).isEqualTo(replayed(outcomes.get(0).orThrow()));
  }

  private Committed commit(SessionCommit commit) {
    return store.sessions().commit(commit).orThrow();
  }

  private static Committed replayed(Committed first) {
    List<Enqueued> enqueued = first.enqueued();
    return new Committed(first.revision(), first.firstSeq(), first.lastSeq(), enqueued, true);
  }
}
