package dev.belay.kit.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.CommitOutcome;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.OperationConflict;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An operation that is sent again happens once. */
@OnEachForm
class OperationTest {
  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm();
  private Belay belay;
  private Sessions sessions;

  @BeforeEach
  void open() {
    belay = store.belay();
    sessions = belay.sessions();
  }

  @Test
  void sent_again_it_answers_as_before_and_appends_nothing() {
    SessionCommit commit = SessionCommit.to("s", 0).operation("op").append(event("a"), event("b"));
    assertThat(sessions.commit(commit)).isEqualTo(new Committed(1, 1, 2, List.of(), false));

    CommitOutcome again = sessions.commit(commit);

    assertThat(again).isEqualTo(new Committed(1, 1, 2, List.of(), true));
    assertThat(sessions.events("s", 0, 10)).hasSize(2);
    assertThat(sessions.find("s").orElseThrow().revision()).isEqualTo(1);
  }

  @Test
  @NeedsSharing
  void it_is_replayed_after_the_head_moved_on_and_after_reopening() {
    SessionCommit commit = SessionCommit.to("s", 0).operation("op").append(event("a"));
    sessions.commit(commit).orThrow();
    sessions.commit(SessionCommit.to("s", 1).append(event("b"))).orThrow();
    sessions = store.reopen().sessions();

    assertThat(sessions.commit(commit)).isEqualTo(new Committed(1, 1, 1, List.of(), true));
  }

  @Test
  void it_may_be_sent_again_for_another_revision() {
    sessions.commit(SessionCommit.to("s", 0).operation("op").append(event("a"))).orThrow();

    CommitOutcome again =
        sessions.commit(SessionCommit.to("s", 41).operation("op").append(event("a")));

    assertThat(again.orThrow().replayed()).isTrue();
  }

  @Test
  void a_replay_of_a_commit_without_events_says_so_again() {
    sessions.commit(SessionCommit.to("s", 0).append(event("a"), event("b"))).orThrow();
    SessionCommit commit = SessionCommit.to("s", 1).operation("op").parent(1);
    assertThat(sessions.commit(commit)).isEqualTo(new Committed(2, 3, 2, List.of(), false));

    assertThat(sessions.commit(commit)).isEqualTo(new Committed(2, 3, 2, List.of(), true));
  }

  @Test
  void other_content_is_a_conflict_and_writes_nothing() {
    SessionCommit commit =
        SessionCommit.to("s", 0).operation("op").append(event("a").withId("e")).state("x");
    sessions.commit(commit).orThrow();
    List<SessionCommit> others =
        List.of(
            SessionCommit.to("s", 0).operation("op").append(event("a").withId("e")).state("y"),
            SessionCommit.to("s", 0).operation("op").append(event("a").withId("e")),
            SessionCommit.to("s", 0).operation("op").append(event("a")).state("x"),
            SessionCommit.to("s", 0).operation("op").append(event("b").withId("e")).state("x"),
            commit.parent(0),
            commit.append(event("b")));

    for (SessionCommit other : others) {
      assertThat(sessions.commit(other)).isEqualTo(new OperationConflict("op"));
    }
    assertThat(sessions.load("s").orElseThrow().session().state()).isEqualTo("x");
    assertThat(sessions.events("s", 0, 10)).hasSize(1);
  }

  @Test
  void the_same_id_in_another_session_is_another_operation() {
    sessions.commit(SessionCommit.to("s", 0).operation("op").append(event("a"))).orThrow();

    CommitOutcome other =
        sessions.commit(SessionCommit.to("t", 0).operation("op").append(event("b")));

    assertThat(other.orThrow().replayed()).isFalse();
  }

  @Test
  void a_refused_operation_leaves_no_receipt() {
    SessionCommit early = SessionCommit.to("s", 1).operation("op").append(event("a"));
    assertThat(sessions.commit(early).committed()).isEmpty();
    sessions.commit(SessionCommit.to("s", 0)).orThrow();

    assertThat(sessions.commit(early).orThrow().replayed()).isFalse();
  }

  @Test
  void it_is_replayed_within_the_transaction_that_it_happened_in() {
    SessionCommit commit = SessionCommit.to("s", 0).operation("op").append(event("a"));

    CommitOutcome again =
        belay.write(
            tx -> {
              sessions.commit(tx, commit).orThrow();
              return sessions.commit(tx, commit);
            });

    assertThat(again).isEqualTo(new Committed(1, 1, 1, List.of(), true));
  }

  private static NewEvent event(String payload) {
    return NewEvent.of("message", payload);
  }
}
