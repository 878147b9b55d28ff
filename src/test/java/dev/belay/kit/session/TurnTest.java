package dev.belay.kit.session;

import static dev.belay.kit.session.TurnStore.QUEUE;
import static dev.belay.kit.session.TurnStore.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.OnEachForm;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.Enqueued.Added;
import dev.belay.queue.Enqueued.Duplicate;
import dev.belay.queue.NewWork;
import dev.belay.queue.Work;
import dev.belay.queue.WorkState;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.SessionCommit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an accepted commit does to queues and leases, together with its session. */
@OnEachForm(inTurn = true)
class TurnTest {
  @RegisterExtension final TurnStore store = TurnStore.onEachForm();

  @Test
  void a_turn_appends_settles_enqueues_and_releases_at_once() {
    Claim claim = store.claimNewLane("s", "turn 1").get(0);
    Lease lease = store.lease("s", "a");

    Committed turn =
        commit(
            SessionCommit.to("s", 1)
                .operation("turn-1")
                .append(event("b"), event("c"))
                .state("busy")
                .complete(claim, "well done")
                .enqueue(QUEUE, NewWork.of("turn 2").withLane("s").withKey("s/2"))
                .releasing(lease));

    Work next = store.queue().findByKey("s/2").orElseThrow();
    assertThat(turn).isEqualTo(new Committed(2, 2, 3, List.of(new Added(next.id())), false));
    assertThat(store.sessions().load("s").orElseThrow().history()).hasSize(3);
    assertThat(store.work(claim).state()).isEqualTo(WorkState.DONE);
    assertThat(store.work(claim).result()).isEqualTo("well done");
    assertThat(next.state()).isEqualTo(WorkState.READY);
    assertThat(store.belay().leases().find("s")).isEmpty();
  }

  @Test
  void a_turn_may_make_its_session() {
    Claim claim = store.claimNew("start");

    commit(SessionCommit.to("new", 0).append(event("a")).complete(claim));

    assertThat(store.sessions().history("new")).hasSize(1);
    assertThat(store.work(claim).state()).isEqualTo(WorkState.DONE);
    assertThat(store.work(claim).result()).isNull();
  }

  @Test
  void a_fence_settles_and_releases_nothing() {
    Claim claim = store.claimNew("job");
    Lease lease = store.lease("s", "a");

    commit(SessionCommit.to("s", 1).append(event("b")).fencedBy(claim).fencedBy(lease));

    assertThat(store.work(claim).state()).isEqualTo(WorkState.CLAIMED);
    assertThat(store.belay().leases().find("s")).contains(lease);
    commit(SessionCommit.to("s", 2).append(event("c")).complete(claim).releasing(lease));
  }

  @Test
  void a_claim_is_completed_and_a_lease_released_whichever_was_said_first() {
    Claim first = store.claimNew("1");
    Claim second = store.claimNew("2");
    Lease early = store.lease("early", "a");
    Lease late = store.lease("late", "a");

    commit(
        SessionCommit.to("s", 1)
            .complete(first)
            .fencedBy(first)
            .fencedBy(second)
            .complete(second)
            .releasing(early)
            .fencedBy(early)
            .fencedBy(late)
            .releasing(late));

    assertThat(store.work(first).state()).isEqualTo(WorkState.DONE);
    assertThat(store.work(second).state()).isEqualTo(WorkState.DONE);
    assertThat(store.belay().leases().list(null, 10)).isEmpty();
  }

  @Test
  void a_lane_grant_is_completed_in_whatever_order_it_is_listed() {
    List<Claim> one = store.claimNewLane("one", "1", "2", "3");
    List<Claim> two = store.claimNewLane("two", "1", "2");

    commit(
        SessionCommit.to("s", 1)
            .complete(one.get(2), "third")
            .complete(two.get(1))
            .complete(one.get(0))
            .complete(two.get(0))
            .complete(one.get(1)));

    assertThat(one).allMatch(claim -> store.work(claim).state() == WorkState.DONE);
    assertThat(two).allMatch(claim -> store.work(claim).state() == WorkState.DONE);
    assertThat(store.work(one.get(2)).result()).isEqualTo("third");
  }

  @Test
  void the_front_of_a_lane_grant_is_completed_and_the_rest_stays_held() {
    List<Claim> claims = store.claimNewLane("lane", "1", "2", "3");

    commit(
        SessionCommit.to("s", 1)
            .complete(claims.get(1))
            .complete(claims.get(0))
            .fencedBy(claims.get(2)));

    assertThat(claims)
        .extracting(claim -> store.work(claim).state())
        .containsExactly(WorkState.DONE, WorkState.DONE, WorkState.CLAIMED);
    commit(SessionCommit.to("s", 2).complete(claims.get(2)));
  }

  @Test
  void work_is_enqueued_in_the_order_it_was_said_over_all_queues() {
    Committed turn =
        commit(
            SessionCommit.to("s", 1)
                .enqueue(QUEUE, NewWork.of("1"), NewWork.of("2"))
                .enqueue("mail", NewWork.of("3"))
                .enqueue(QUEUE, List.of(NewWork.of("4"))));

    List<Long> ids = turn.enqueued().stream().map(Enqueued::workId).sorted().toList();
    assertThat(turn.enqueued()).extracting(Enqueued::workId).isEqualTo(ids);
    assertThat(store.queue().find(ids.get(1)).orElseThrow().payload()).isEqualTo("2");
    assertThat(store.belay().queue("mail").find(ids.get(2)).orElseThrow().payload()).isEqualTo("3");
    assertThat(store.queue().find(ids.get(3)).orElseThrow().payload()).isEqualTo("4");
  }

  @Test
  void a_key_of_equal_content_is_a_duplicate_and_the_commit_goes_on() {
    long id = store.queue().enqueue(NewWork.of("x").withKey("k")).workId();

    Committed turn =
        commit(
            SessionCommit.to("s", 1)
                .enqueue(QUEUE, NewWork.of("x").withKey("k").withPriority(9), NewWork.of("y")));

    assertThat(turn.enqueued()).first().isEqualTo(new Duplicate(id, WorkState.READY));
    assertThat(turn.enqueued()).last().isInstanceOf(Added.class);
    assertThat(store.queue().find(id).orElseThrow().priority()).isZero();
    assertThat(store.revision()).isEqualTo(2);
  }

  @Test
  void a_key_twice_in_one_commit_with_equal_content_is_one_work() {
    NewWork work = NewWork.of("x").withKey("k").withLane("l").withType("t");

    Committed turn = commit(SessionCommit.to("s", 1).enqueue(QUEUE, work, work.withPriority(1)));

    long id = turn.enqueued().get(0).workId();
    assertThat(turn.enqueued()).containsExactly(new Added(id), new Duplicate(id, WorkState.READY));
  }

  @Test
  void a_key_counts_in_its_queue_only() {
    Committed turn =
        commit(
            SessionCommit.to("s", 1)
                .enqueue(QUEUE, NewWork.of("x").withKey("k"))
                .enqueue("mail", NewWork.of("y").withKey("k")));

    assertThat(turn.enqueued()).hasOnlyElementsOfType(Added.class);
  }

  private Committed commit(SessionCommit commit) {
    return store.sessions().commit(commit).orThrow();
  }
}
