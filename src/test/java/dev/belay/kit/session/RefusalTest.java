package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.DuplicateEvent;
import dev.belay.session.CommitOutcome.OperationConflict;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.session.CommitOutcome.UnknownParent;
import dev.belay.session.CommitRefusedException;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which refusal a commit gets, and that it has written nothing. */
@OnEachForm
class RefusalTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;
  private Sessions sessions;

  @BeforeEach
  void open_with_a_session_at_revision_2() {
    belay = store.belay();
    sessions = belay.sessions();
    sessions.commit(SessionCommit.to("s", 0).append(event("a").withId("e1"))).orThrow();
    sessions
        .commit(SessionCommit.to("s", 1).operation("op").append(event("b").withId("e2")))
        .orThrow();
  }

  @Test
  void refusals_come_in_their_order_and_write_nothing() {
    sessions.commit(SessionCommit.to("gone", 0).append(event("a").withId("e1"))).orThrow();
    assertThat(sessions.delete("gone")).isTrue();
    List<Object> before = everything();
    List<NewEvent> taken = List.of(event("c"), event("d").withId("e1"), event("e").withId("e2"));

    assertThat(commit(SessionCommit.to("gone", 9).operation("op").parent(9).append(taken)))
        .isEqualTo(new SessionDeleted("gone"));
    assertThat(commit(SessionCommit.to("s", 9).operation("op").parent(9).append(taken)))
        .isEqualTo(new OperationConflict("op"));
    assertThat(commit(SessionCommit.to("s", 9).operation("new").parent(9).append(taken)))
        .isEqualTo(new RevisionConflict(9, 2));
    assertThat(commit(SessionCommit.to("s", 2).operation("new").parent(9).append(taken)))
        .isEqualTo(new UnknownParent(9));
    assertThat(commit(SessionCommit.to("s", 2).operation("new").parent(2).append(taken)))
        .isEqualTo(new DuplicateEvent("e1", 1));
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void a_session_that_is_not_there_is_at_revision_0() {
    assertThat(commit(SessionCommit.to("t", 1))).isEqualTo(new RevisionConflict(1, 0));
    assertThat(sessions.find("t")).isEmpty();
  }

  @Test
  void a_session_that_is_there_is_not_made_again() {
    assertThat(commit(SessionCommit.to("s", 0))).isEqualTo(new RevisionConflict(0, 2));
  }

  @Test
  void a_new_session_has_no_event_to_continue_from() {
    assertThat(commit(SessionCommit.to("t", 0).parent(1))).isEqualTo(new UnknownParent(1));
    assertThat(sessions.find("t")).isEmpty();
  }

  @Test
  void the_last_event_is_a_parent_and_the_one_after_it_is_not() {
    assertThat(commit(SessionCommit.to("s", 2).parent(3))).isEqualTo(new UnknownParent(3));
    assertThat(commit(SessionCommit.to("s", 2).parent(2)).committed()).isPresent();
  }

  @Test
  void an_event_id_is_taken_in_its_own_session_only() {
    assertThat(commit(SessionCommit.to("t", 0).append(event("a").withId("e1"))).committed())
        .isPresent();
  }

  @Test
  void a_refusal_in_a_larger_transaction_leaves_the_rest_of_it_alone() {
    CommitOutcome refusal =
        belay.write(
            tx -> {
              sessions.commit(tx, SessionCommit.to("t", 0).append(event("kept"))).orThrow();
              return sessions.commit(
                  tx, SessionCommit.to("s", 2).append(event("c"), event("d").withId("e2")));
            });

    assertThat(refusal).isEqualTo(new DuplicateEvent("e2", 2));
    assertThat(sessions.history("t")).hasSize(1);
    assertThat(sessions.events("s", 0, 10)).hasSize(2);
  }

  @Test
  void a_refusal_thrown_undoes_the_larger_transaction() {
    assertThatThrownBy(
            () ->
                belay.useWrite(
                    tx -> {
                      sessions.commit(tx, SessionCommit.to("t", 0)).orThrow();
                      sessions.commit(tx, SessionCommit.to("s", 7)).orThrow();
                    }))
        .isInstanceOfSatisfying(
            CommitRefusedException.class,
            e -> assertThat(e.outcome()).isEqualTo(new RevisionConflict(7, 2)))
        .hasMessage("commit refused: expected revision 7, found 2");
    assertThat(sessions.find("t")).isEmpty();
  }

  private CommitOutcome commit(SessionCommit commit) {
    return sessions.commit(commit);
  }

  private List<Object> everything() {
    return List.of(sessions.list(null, 10), sessions.load("s"), sessions.events("s", 0, 10));
  }

  private static NewEvent event(String payload) {
    return NewEvent.of("message", payload);
  }
}
