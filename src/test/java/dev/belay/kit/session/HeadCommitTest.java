package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.kit.OnEachForm;
import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.session.CommitOutcome.ClaimLost;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.LeaseLost;
import dev.belay.session.CommitOutcome.OperationConflict;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.session.CommitOutcome.UnknownParent;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.SessionEvent;
import dev.belay.testing.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: a commit without an expected revision needs no read before it and gets no conflict. */
@OnEachForm(inTurn = true)
class HeadCommitTest {
  @RegisterExtension final TurnStore store = TurnStore.onEachForm();

  @Test
  void it_makes_the_session_if_there_is_none_and_appends_to_it_else() {
    assertThat(commit(to("new").append(event("a"))))
        .isEqualTo(new Committed(1, 1, 1, List.of(), false));
    assertThat(commit(to("new").append(event("b"))))
        .isEqualTo(new Committed(2, 2, 2, List.of(), false));
    assertThat(store.sessions().history("new"))
        .extracting(SessionEvent::payload)
        .containsExactly("a", "b");
  }

  @Test
  void many_at_once_all_land() throws Exception {
    int threads = 8;
    int each = 50;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch go = new CountDownLatch(1);
      List<Future<Boolean>> done = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        done.add(
            pool.submit(
                () -> {
                  go.await();
                  boolean all = true;
                  for (int n = 0; n < each; n++) {
                    all &=
                        store
                            .sessions()
                            .commit(to("room").append(event("hi")))
                            .committed()
                            .isPresent();
                  }
                  return all;
                }));
      }
      go.countDown();
      for (Future<Boolean> one : done) {
        assertThat(Patience.get(one)).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(store.sessions().history("room")).hasSize(threads * each);
  }

  @Test
  void it_sets_no_state() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> to("s").state("x"))
        .withMessageContaining("revision");
    assertThatIllegalArgumentException().isThrownBy(() -> to("s").append(event("a")).state(""));
  }

  @Test
  void with_and_without_a_revision_it_is_the_same_operation() {
    Committed first = commit(to("s").operation("op").append(event("b")));
    SessionCommit same = SessionCommit.to("s", 77).operation("op").append(event("b"));
    SessionCommit byRevision = SessionCommit.to("s", 2).operation("op2").append(event("c"));
    Committed second = commit(byRevision);

    assertThat(commit(same))
        .isEqualTo(
            new Committed(first.revision(), first.firstSeq(), first.lastSeq(), List.of(), true));
    assertThat(commit(to("s").operation("op2").append(event("c"))).revision())
        .isEqualTo(second.revision());
    assertThat(store.sessions().commit(to("s").operation("op").append(event("other"))))
        .isEqualTo(new OperationConflict("op"));
    assertThat(store.revision()).isEqualTo(3);
  }

  @Test
  void without_an_operation_it_appends_each_time_it_is_sent() {
    SessionCommit commit = to("s").append(event("b"));
    commit(commit);
    commit(commit);

    assertThat(store.sessions().history("s")).hasSize(3);
  }

  @Test
  void its_parent_is_an_event_of_the_session_and_of_an_unknown_one_only_the_root() {
    assertThat(store.sessions().commit(to("new").parent(1))).isEqualTo(new UnknownParent(1));
    assertThat(store.sessions().commit(to("s").parent(2))).isEqualTo(new UnknownParent(2));
    assertThat(store.sessions().find("new")).isEmpty();

    commit(to("new").parent(0).append(event("a")));
    commit(to("s").parent(1).append(event("b")));
    commit(to("s").parent(0).append(event("c")));

    assertThat(store.sessions().history("s")).extracting(SessionEvent::seq).containsExactly(3L);
  }

  @Test
  void claims_leases_and_work_go_with_it() {
    Claim claim = store.claimNew("work");
    Lease lease = store.lease("l", "me");

    Committed committed =
        commit(
            to("s")
                .append(event("b"))
                .complete(claim, "done")
                .releasing(lease)
                .enqueue("next", NewWork.of("more")));

    assertThat(committed.enqueued()).hasSize(1);
    assertThat(store.sessions().commit(to("s").fencedBy(lease))).isEqualTo(new LeaseLost(lease));
    assertThat(store.sessions().commit(to("s").fencedBy(claim))).isEqualTo(new ClaimLost(claim));
    assertThat(store.sessions().commit(to("new").fencedBy(claim))).isEqualTo(new ClaimLost(claim));
    assertThat(store.sessions().find("new")).isEmpty();
  }

  @Test
  void a_deleted_session_is_the_first_refusal() {
    Claim claim = store.claimNew("work");
    store.queue().complete(claim);
    store.sessions().delete("s");

    assertThat(store.sessions().commit(to("s").operation("first").append(event("a"))))
        .isEqualTo(new SessionDeleted("s"));
    assertThat(store.sessions().commit(to("s").fencedBy(claim))).isEqualTo(new SessionDeleted("s"));
  }

  @Test
  void its_text_says_that_it_has_no_revision() {
    assertThat(to("s"))
        .hasToString(
            "SessionCommit[sessionId=s, expectedRevision=null, operationId=null, events=0]");
  }

  private Committed commit(SessionCommit commit) {
    return store.sessions().commit(commit).orThrow();
  }

  private static SessionCommit to(String id) {
    return SessionCommit.to(id);
  }

  private static NewEvent event(String payload) {
    return TurnStore.event(payload);
  }
}
