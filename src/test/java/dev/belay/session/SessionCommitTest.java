package dev.belay.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.NewWork;
import dev.belay.session.CommitOutcome.ClaimLost;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.DuplicateEvent;
import dev.belay.session.CommitOutcome.KeyConflict;
import dev.belay.session.CommitOutcome.LeaseLost;
import dev.belay.session.CommitOutcome.OperationConflict;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.session.CommitOutcome.UnknownParent;
import dev.belay.session.Turn.ClaimUse;
import dev.belay.session.Turn.LeaseUse;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The values of a commit, before any store sees them. */
class SessionCommitTest {
  private static final SessionCommit EMPTY = SessionCommit.to("s", 0);

  @Test
  void every_method_leaves_its_commit_as_it_was() {
    SessionCommit commit = EMPTY.append(NewEvent.of("t", "1"));

    SessionCommit changed =
        commit.operation("op").parent(1).append(NewEvent.of("t", "2")).state("x");

    assertThat(commit.operationId()).isNull();
    assertThat(commit.parentSeq()).isNull();
    assertThat(commit.state()).isNull();
    assertThat(commit.events()).hasSize(1);
    assertThat(changed.events()).extracting(NewEvent::payload).containsExactly("1", "2");
    assertThat(changed.operationId()).isEqualTo("op");
    assertThat(changed.parentSeq()).isEqualTo(1);
    assertThat(changed.state()).isEqualTo("x");
  }

  @Test
  void a_list_of_events_is_copied() {
    List<NewEvent> events = new ArrayList<>(List.of(NewEvent.of("t", "1")));
    SessionCommit commit = EMPTY.append(events);

    events.clear();

    assertThat(commit.events()).hasSize(1);
  }

  @Test
  void negative_revisions_and_parents_are_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> SessionCommit.to("s", -1));
    assertThatIllegalArgumentException().isThrownBy(() -> EMPTY.parent(-1));
  }

  @Test
  void an_event_id_comes_once_in_a_commit() {
    NewEvent event = NewEvent.of("t", "p").withId("e");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> EMPTY.append(event, event))
        .withMessage("event id comes twice in one commit: e");
    assertThatIllegalArgumentException().isThrownBy(() -> EMPTY.append(event).append(event));
    assertThat(EMPTY.append(NewEvent.of("t", "p"), NewEvent.of("t", "p")).events()).hasSize(2);
  }

  @Test
  void commits_that_grew_out_of_one_another_each_have_their_own_events() {
    NewEvent a = NewEvent.of("t", "a").withId("a");
    NewEvent b = NewEvent.of("t", "b").withId("b");
    NewEvent c = NewEvent.of("t", "c").withId("c");
    SessionCommit base = EMPTY.append(a);
    SessionCommit left = base.append(b).append(c);
    SessionCommit right = base.append(c).append(b);

    assertThatIllegalArgumentException().isThrownBy(() -> left.append(a));
    assertThatIllegalArgumentException().isThrownBy(() -> base.append(b, c, b));
    assertThat(base.events()).containsExactly(a);
    assertThat(left.events()).containsExactly(a, b, c);
    assertThat(right.events()).containsExactly(a, c, b);
    assertThat(base.append(b).events()).containsExactly(a, b);
    assertThat(left.append(NewEvent.of("t", "d").withId("d")).events()).hasSize(4);
    assertThat(left.events()).hasSize(3);
  }

  @Test
  void what_is_added_one_by_one_is_not_copied_each_time() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    SessionCommit commit = EMPTY;
    for (int i = 0; i < SessionCommit.EVENTS_MAX; i++) {
      commit = commit.append(NewEvent.of("t", "p").withId("e" + i));
    }
    for (int i = 0; i < SessionCommit.ENQUEUES_MAX; i++) {
      commit = commit.enqueue("q", NewWork.of("p"));
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(commit.events()).hasSize(SessionCommit.EVENTS_MAX);
    assertThat(commit.turn().enqueues()).hasSize(SessionCommit.ENQUEUES_MAX);
    // to copy all events each time would take 20 GB for the references alone
    assertThat(bytes).isLessThan(500_000_000);
  }

  @Test
  void a_commit_has_a_bounded_number_of_events() {
    NewEvent event = NewEvent.of("t", "p");
    SessionCommit full = EMPTY.append(Collections.nCopies(SessionCommit.EVENTS_MAX, event));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> full.append(event))
        .withMessage("a commit has at most 100000 events: 100001");
  }

  @Test
  void a_commit_has_a_bounded_number_of_enqueues_claims_and_leases() {
    SessionCommit full =
        EMPTY.enqueue("q", Collections.nCopies(SessionCommit.ENQUEUES_MAX, NewWork.of("p")));
    SessionCommit claims = EMPTY;
    for (int id = 1; id <= SessionCommit.CLAIMS_MAX; id++) {
      claims = claims.fencedBy(claim(id, 7));
    }
    SessionCommit leases = EMPTY;
    for (int token = 1; token <= SessionCommit.LEASES_MAX; token++) {
      leases = leases.fencedBy(lease("l", token));
    }
    SessionCommit fullOfClaims = claims;
    SessionCommit fullOfLeases = leases;

    assertThatIllegalArgumentException()
        .isThrownBy(() -> full.enqueue("q", NewWork.of("p")))
        .withMessage("a commit has at most 10000 enqueues: 10001");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fullOfClaims.complete(claim(1, 8)))
        .withMessage("a commit has at most 1000 claims: 1001");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fullOfLeases.releasing(lease("m", 1)))
        .withMessage("a commit has at most 1000 leases: 1001");
    assertThat(fullOfClaims.complete(claim(1, 7)).turn().claims()).hasSize(1000);
    assertThat(fullOfLeases.releasing(lease("l", 1)).turn().leases()).hasSize(1000);
  }

  @Test
  void a_claim_is_completed_once_in_a_commit() {
    SessionCommit commit = EMPTY.complete(claim(5, 7), "result");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> commit.complete(claim(5, 7)))
        .withMessage("work is completed twice in one commit: 5");
    assertThat(commit.complete(claim(5, 8)).complete(claim(6, 7)).turn().claims()).hasSize(3);
  }

  @Test
  void a_claim_or_lease_that_comes_again_keeps_its_place() {
    SessionCommit commit =
        EMPTY
            .fencedBy(claim(5, 7))
            .fencedBy(claim(6, 7))
            .complete(claim(5, 7), "result")
            .fencedBy(claim(5, 7))
            .fencedBy(lease("a", 1))
            .fencedBy(lease("b", 2))
            .releasing(lease("a", 1))
            .fencedBy(lease("a", 1));

    assertThat(commit.turn().claims())
        .containsExactly(
            new ClaimUse(claim(5, 7), true, "result"), new ClaimUse(claim(6, 7), false, null));
    assertThat(commit.turn().leases())
        .containsExactly(new LeaseUse(lease("a", 1), true), new LeaseUse(lease("b", 2), false));
  }

  @Test
  void the_text_of_a_turn_follows_the_rule_of_its_queue() {
    NewWork work = NewWork.of("p");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> EMPTY.enqueue("", work))
        .withMessage("queue is empty");
    assertThatIllegalArgumentException().isThrownBy(() -> EMPTY.enqueue("q\0", work));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EMPTY.complete(claim(5, 7), "\0"))
        .withMessage("result has a NUL at index 0");
  }

  @Test
  void what_is_logged_of_a_commit_holds_no_payload_and_no_state() {
    NewEvent event = NewEvent.of("user", "secret").withId("e1");

    assertThat(event).hasToString("NewEvent[type=user, eventId=e1]");
    assertThat(EMPTY.operation("op").append(event).state("secret"))
        .hasToString("SessionCommit[sessionId=s, expectedRevision=0, operationId=op, events=1]");
  }

  @Test
  void a_commit_that_happened_is_its_own_answer() {
    Committed committed = new Committed(1, 1, 1, List.of(new Enqueued.Added(7)), false);

    assertThat(committed.orThrow()).isSameAs(committed);
    assertThat(committed.committed()).containsSame(committed);
  }

  @Test
  void a_refusal_is_thrown_with_ids_and_revisions() {
    assertRefused(new SessionDeleted("s"), "commit refused: session s was deleted");
    assertRefused(
        new OperationConflict("op"),
        "commit refused: operation op was committed with other content");
    assertRefused(new RevisionConflict(3, 4), "commit refused: expected revision 3, found 4");
    assertRefused(new LeaseLost(lease("l", 3)), "commit refused: lease l is lost: token 3");
    assertRefused(
        new ClaimLost(claim(5, 7)),
        "commit refused: the claim of work 5 in queue q is lost: token 7");
    assertRefused(
        new KeyConflict("q", "k"),
        "commit refused: key k in queue q belongs to work of other content");
    assertRefused(new UnknownParent(9), "commit refused: there is no event 9 to continue from");
    assertRefused(new DuplicateEvent("e", 2), "commit refused: event id e belongs to event 2");
  }

  private static Claim claim(long workId, long token) {
    return new Claim("q", workId, token, "w", "", "secret", null, 1, Instant.EPOCH, Instant.EPOCH);
  }

  private static Lease lease(String name, long token) {
    return new Lease(name, "h", token, Instant.EPOCH, Instant.EPOCH);
  }

  private static void assertRefused(CommitOutcome refusal, String message) {
    assertThat(refusal.committed()).isEmpty();
    assertThatExceptionOfType(CommitRefusedException.class)
        .isThrownBy(refusal::orThrow)
        .withMessage(message)
        .satisfies(e -> assertThat(e.outcome()).isSameAs(refusal));
  }
}
